"""`manage.py stats`: the API's own figures, on the command line."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from dashboard.api.filters import PastIn
from dashboard.management.commands._filter_options import FILTERS
from dashboard.management.commands.stats import Command
from dashboard.models import Trade
from dashboard.units import iso
from tests.dashboard.builder import History


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("stats", *arguments, stdout=out)
    return out.getvalue()


def option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def asked(page: Client, path: str, **query: str) -> Any:
    response = page.get(f"/api/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"version": "8.02"},
        {"since": "2026-01-02", "until": "2026-01-04"},
        {"symbol": "BTCUSDT", "side": "long"},
        {"period": "2d"},
        {"as_of": "2026-01-02T07:00:00Z"},
        {"rating": "5", "followed_plan": "yes"},
    ],
)
def test_json_is_what_the_api_answers(page: Client, told: History, query: dict[str, str]) -> None:
    arguments = [word for name, value in query.items() for word in (option(name), value)]
    assert json.loads(run("--json", *arguments)) == asked(page, "stats", **query)


def test_what_was_known_then_is_what_the_api_answers(page: Client, told: History) -> None:
    trades = list(Trade.objects.order_by("recorded_at"))
    moment = iso(trades[len(trades) // 2].recorded_at - 1)
    found = json.loads(run("--json", "--known-at", moment))
    assert found == asked(page, "stats", known_at=moment)
    assert 0 < found["trades"] < len(trades)


def test_every_filter_of_the_api_is_an_option() -> None:
    assert FILTERS.keys() == PastIn.model_fields.keys()


def test_a_comparison_in_json_is_the_apis(page: Client, told: History) -> None:
    found = json.loads(run("--compare", "8.01", "8.03", "--json"))
    del found["fixed_sample"]
    assert found == asked(page, "versions/compare", a="8.01", b="8.03")


def test_a_comparison_says_what_one_look_would_show(told: History) -> None:
    found = json.loads(run("--compare", "8.01", "8.03", "--json"))["fixed_sample"]
    assert (found["observations_a"] > 1, found["undefined"]) == (True, {})
    assert found["low"] < found["high"]
    assert 0 < found["p_value"] <= 1


def test_the_same_comparison_twice_says_the_same(told: History) -> None:
    first, second = (run("--compare", "8.01", "8.02", "--json") for _ in range(2))
    assert first == second


def test_the_table_shows_the_net_result(page: Client, told: History) -> None:
    net = asked(page, "stats")["net_pnl"]
    line = next(line for line in run().splitlines() if line.startswith("net pnl"))
    assert line.replace(",", "").split()[2] == net


def test_the_table_says_why_a_figure_has_no_value(told: History) -> None:
    line = next(line for line in run().splitlines() if line.startswith("cagr"))
    assert "fewer than 90 days" in line


def test_the_verdict_comes_in_words(page: Client, told: History) -> None:
    verdict = asked(page, "versions/compare", a="8.01", b="8.03")["verdict"]
    assert verdict in run("--compare", "8.01", "8.03").splitlines()


def test_figures_of_nothing_are_a_table_too(db: None) -> None:
    assert "nothing recorded yet" in run()


@pytest.mark.parametrize("arguments", [["--version", "9.99"], ["--compare", "8.01", "9.99"]])
def test_an_unknown_version_is_named_with_those_there_are(
    told: History, arguments: list[str]
) -> None:
    with pytest.raises(CommandError, match=r"version='9\.99' is not known here; there is 8\.01,"):
        run(*arguments)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--since", "yesterday"], r"--since: 'yesterday' is no ISO 8601 day"),
        (["--mode", "dry"], "--mode: .*'live'"),
        (["--period", "soon"], "--period: .*'soon'"),
        (["--compare", "8.01", "8.02", "--version", "8.01"], "leave --version out"),
    ],
)
def test_wrong_usage_ends_with_status_2(told: History, arguments: list[str], text: str) -> None:
    with pytest.raises(CommandError, match=text) as caught:
        run(*arguments)
    assert caught.value.returncode == 2


def test_help_shows_an_example() -> None:
    text = Command().create_parser("manage.py", "stats").format_help()
    assert "python manage.py stats --compare 8.02 8.03" in text
