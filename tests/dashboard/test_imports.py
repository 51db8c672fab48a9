"""Imports on the site: what became of each file, its quarantined lines, and mending them."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from dashboard.legacy.mending import REMEDIES, remedy
from dashboard.legacy.verdicts import REASONS
from dashboard.models import Batch, Quarantined, Trade
from dashboard.projection import projector
from dashboard.selectors import imports, quarantine
from tests.dashboard.legacy.test_damage import HEADER, LOG, ROWS
from trader.store import Recorder

pytestmark = pytest.mark.django_db

WILD = ROWS[0].replace("1.03046670", "3701.03046670")
SHORT = ROWS[1].replace(",2.2483", "")
EXPORT = "/admin/dashboard/quarantined/export/"
LIST = "/admin/dashboard/quarantined/"
Import = Callable[..., dict[str, Any]]


@pytest.fixture
def imported(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Import:
    """Imports bytes under a name, and projects: the report."""
    logs = tmp_path_factory.mktemp("logs")

    def run(content: bytes, name: str = "log.csv", **options: Any) -> dict[str, Any]:
        (logs / name).write_bytes(content)
        out = io.StringIO()
        arguments = {"timezone": "UTC", "version_tag": "8.02", "json": True, **options}
        try:
            call_command("import_csv", str(logs / name), stdout=out, **arguments)
        except CommandError as error:
            assert error.returncode == 1, error  # noqa: PT017 - quarantined lines are expected
        projector.project()
        return dict(json.loads(out.getvalue()))

    return run


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_a_refused_line_is_kept_with_its_bytes_place_and_reason(imported: Import) -> None:
    imported(LOG.encode() + WILD.encode())
    line = Quarantined.objects.get()
    assert (bytes(line.raw), line.line, line.reason) == (WILD.encode(), 6, "contradicted")
    assert line.whole


def test_a_batch_says_what_became_of_its_records(page: Client, imported: Import) -> None:
    report = imported((LOG + WILD).encode())["files"][0]
    (item,) = page.get("/api/imports").json()["items"]
    same = ("path", "sha256", "records", "imported", "duplicates", "quarantined", "by_version")
    assert {name: item[name] for name in same} == {name: report[name] for name in same}
    assert (item["state"], item["reasons"]) == ("finished", {"contradicted": 1})


def test_imports_are_paged_newest_first(page: Client, imported: Import) -> None:
    for number in range(3):
        imported(LOG.replace("0.8017", f"0.80{number}1").encode(), f"{number}.csv")
    first = page.get("/api/imports", {"limit": 2}).json()
    rest = page.get("/api/imports", {"limit": 2, "cursor": first["next_cursor"]}).json()
    names = [Path(item["path"]).name for item in (*first["items"], *rest["items"])]
    assert names == ["2.csv", "1.csv", "0.csv"]
    assert rest["next_cursor"] is None


def test_whoever_holds_the_answer_is_told_so(page: Client, imported: Import) -> None:
    imported(LOG.encode())
    tag = page.get("/api/imports")["ETag"]
    assert page.get("/api/imports", headers={"if-none-match": tag}).status_code == 304
    imported(WILD.encode().join([LOG.encode(), b""]), "other.csv")
    assert page.get("/api/imports", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("cursor", ["x", "W10", "WzEsMl0", "WyJhIiwxXQ"])
def test_a_made_up_cursor_breaks_nothing(page: Client, cursor: str) -> None:
    assert page.get("/api/imports", {"cursor": cursor}).status_code in {200, 422}


def test_imports_are_for_those_who_are_logged_in(client: Client) -> None:
    assert client.get("/api/imports").status_code == 401
    assert client.get(EXPORT).status_code == 302
    assert client.get("/imports/").status_code == 302


def test_an_undone_import_counts_no_more(page: Client, imported: Import) -> None:
    batch = imported((LOG + WILD).encode())["batch"]
    call_command("undo_import", batch, stdout=io.StringIO())
    projector.project()
    assert page.get("/api/imports").json()["items"][0]["state"] == "undone"
    assert imports.quarantined() == 0
    assert page.get(LIST).context["cl"].result_count == 0
    assert page.get(LIST, {"standing": "all"}).context["cl"].result_count == 1


def test_an_undone_file_without_a_trade_can_be_imported_again(imported: Import) -> None:
    batch = imported((HEADER + WILD + SHORT).encode())["batch"]
    call_command("undo_import", batch, stdout=io.StringIO())
    imported((HEADER + WILD + SHORT).encode())
    assert imports.quarantined() == 2


def test_undoing_twice_says_so_once(imported: Import) -> None:
    batch = imported(LOG.encode())["batch"]
    call_command("undo_import", batch, stdout=io.StringIO())
    projector.project()
    undone = Batch.objects.get().undone_at
    call_command("undo_import", batch, stdout=io.StringIO())
    projector.project()
    assert Batch.objects.get().undone_at == undone


def test_an_import_that_never_finished_sets_nothing_aside(data: Path, db: None) -> None:
    refused = {"batch": "x.1", "line": 2, "reason": "contradicted", "raw_file": "a,b"}
    with Recorder("legacy", version="8", mode="live", folder=data, stream="imports") as recorder:
        recorder.append("import.started", {"batch": "x.1", "path": "log.csv"}, ref="x.1")
        recorder.append("import.quarantined", refused, ref="x.1")
    projector.project()
    assert (imports.quarantined(), imports.state(Batch.objects.get())) == (0, "unfinished")


def test_made_anew_the_rows_are_the_same(imported: Import) -> None:
    imported((LOG + WILD + SHORT).encode())
    fields = ("seq", "line", "reason", "detail", "raw", "whole")
    before = list(Quarantined.objects.values_list(*fields))
    projector.start_over()
    projector.project(batch=2)  # the reasons are counted over several steps
    assert list(Quarantined.objects.values_list(*fields)) == before
    assert Batch.objects.get().reasons == {"contradicted": 1, "field_count": 1}


def test_the_list_shows_reason_and_text(page: Client, imported: Import) -> None:
    imported((LOG + WILD).encode())
    shown = page.get(LIST).content.decode()
    assert "3701.03046670" in shown
    assert REASONS["contradicted"] in shown


def test_the_list_is_filtered_by_file_and_reason(page: Client, imported: Import) -> None:
    imported((LOG + WILD).encode(), "one.csv")
    imported((LOG.replace("0.8017", "0.9") + SHORT).encode(), "two.csv")
    one = Batch.objects.get(path__endswith="one.csv")
    of_file = page.get(LIST, {"file": one.pk}).context["cl"]
    of_reason = page.get(LIST, {"reason": "field_count"}).context["cl"]
    assert [line.reason for line in of_file.result_list] == ["contradicted"]
    assert [line.reason for line in of_reason.result_list] == [
        "field_count"
    ] * of_reason.result_count


@pytest.mark.parametrize(("term", "found"), [("3701.0304", 1), ("신호", 1), ("nowhere", 0)])
def test_a_search_finds_text_in_any_encoding(
    page: Client, imported: Import, term: str, found: int
) -> None:
    imported(LOG.encode() + WILD.replace("SIGNAL", "신호").encode("cp949"))
    assert page.get(LIST, {"q": term}).context["cl"].result_count == found


@pytest.mark.parametrize("value", ["x", "²", "9" * 30, "-1"])
def test_a_wrong_file_breaks_nothing(page: Client, imported: Import, value: str) -> None:
    assert page.get(LIST, {"file": value}).status_code == 200


def test_a_field_that_is_no_filter_is_no_fault_of_the_site(page: Client, imported: Import) -> None:
    assert page.get(LIST, {"raw": "1"}).status_code == 400


def test_the_list_counts_no_rows(
    page: Client, imported: Import, django_assert_max_num_queries: Any
) -> None:
    imported((LOG + WILD).encode())
    with django_assert_max_num_queries(25) as queries:
        page.get(LIST)
    asked = [query["sql"] for query in queries.captured_queries]
    assert not [sql for sql in asked if "COUNT" in sql and "dashboard_quarantined" in sql]


def test_nothing_of_it_can_be_written(page: Client, imported: Import) -> None:
    imported((LOG + WILD).encode())
    key = Quarantined.objects.get().pk
    assert page.get(f"{LIST}add/").status_code == 403
    assert page.get(f"{LIST}{key}/delete/").status_code == 403
    assert page.get(f"{LIST}{key}/change/").status_code == 200
    assert page.post(EXPORT).status_code in {403, 405}


def test_hostile_bytes_are_spelled_out(page: Client, imported: Import) -> None:
    hostile = WILD.replace("SIGNAL", "<script>\u202e\x1b[2J")
    imported(LOG.encode() + hostile.encode())
    shown = page.get(LIST).content.decode()
    assert "&lt;script&gt;\\u202e\\x1b[2J" in shown
    assert "<script>\\u202e" not in shown


@pytest.mark.parametrize(
    ("raw", "encodings", "text"),
    [
        ("신호".encode("cp949"), "utf-8+cp949", "신호"),
        ("a,b\n".encode("utf-16-le"), "utf-16-le", "a,b"),
        (b"\xff\xfeq\xc3", "utf-8", "\\xff\\xfeq\\xc3"),
        (b"a\0b\r\n", "utf-8", "a\\x00b"),
    ],
)
def test_a_line_is_shown_as_text(raw: bytes, encodings: str, text: str) -> None:
    assert quarantine.shown(raw, encodings) == text


def test_the_export_is_the_very_bytes_under_their_header(page: Client, imported: Import) -> None:
    bad = WILD.replace("SIGNAL", "신호").encode("cp949")
    imported(LOG.encode() + bad + SHORT.encode()[:-1], "trades_v8.02.csv")
    response = page.get(EXPORT)
    assert body(response) == HEADER.encode() + bad + SHORT.encode()
    assert response["Content-Disposition"] == (
        'attachment; filename="trades_v8.02.quarantined.txt"'
    )


def test_exported_mended_and_imported_again(page: Client, imported: Import) -> None:
    imported((LOG.replace(ROWS[3], "") + ROWS[3].replace("-30.70895990", "969.2")).encode())
    mended = body(page.get(EXPORT)).replace(b"969.2", b"-30.70895990")
    report = imported(mended, "mended.txt")
    assert (report["totals"]["trades"], report["totals"]["quarantined"]) == (1, 0)
    nets = Trade.objects.filter(counted=True).values_list("net_pnl", flat=True)
    assert sum(nets) == 136078948026


def test_without_a_header_the_columns_are_named(page: Client, imported: Import) -> None:
    rows = [*ROWS[:3], ROWS[3].replace("-30.70895990", "969.2")]
    imported("".join(rows).encode())
    exported = body(page.get(EXPORT))
    assert exported.splitlines()[1:] == [rows[3].strip().encode()]
    report = imported(exported.replace(b"969.2", b"-30.70895990"), "mended.txt")
    assert (report["totals"]["trades"], report["totals"]["quarantined"]) == (1, 0)


def test_wide_text_is_exported_with_its_mark(page: Client, imported: Import) -> None:
    imported((LOG + WILD).encode("utf-16"))
    exported = body(page.get(EXPORT))
    assert exported.decode("utf-16") == HEADER + WILD
    mended = exported.decode("utf-16").replace("3701.0304", "1.0304").encode("utf-16")
    assert imported(mended, "mended.txt")["totals"]["duplicates"] == 1


def test_lines_of_several_files_come_as_a_zip(page: Client, imported: Import) -> None:
    imported((LOG + WILD).encode(), "one.csv")
    imported((LOG.replace("0.8017", "0.9") + WILD).encode(), "two.csv")
    with zipfile.ZipFile(io.BytesIO(body(page.get(EXPORT)))) as archive:
        assert archive.namelist() == ["one.quarantined.txt", "two.quarantined.txt"]
        assert WILD.encode() in archive.read("one.quarantined.txt")


def test_the_export_keeps_to_the_filters(page: Client, imported: Import) -> None:
    imported((LOG + WILD + SHORT).encode())
    assert body(page.get(EXPORT, {"reason": "field_count"})) == (HEADER + SHORT).encode()


def test_the_chosen_lines_alone_are_exported(page: Client, imported: Import) -> None:
    imported((LOG + WILD + SHORT).encode())
    page.handler.enforce_csrf_checks = False
    key = Quarantined.objects.get(reason="contradicted").pk
    response = page.post(LIST, {"action": "export_chosen", "_selected_action": [key]})
    assert body(response) == (HEADER + WILD).encode()


def test_a_secret_in_a_line_is_told_not_exported_as_the_line(imported: Import) -> None:
    imported((LOG + WILD.replace("SIGNAL", "api_key=aB3dE6gH9jK2mN5p")).encode())
    assert not Quarantined.objects.get().whole


def test_the_overview_counts_the_lines_set_aside(page: Client, imported: Import) -> None:
    assert b"set aside" not in page.get("/").content
    imported((LOG + WILD + SHORT).encode())
    assert b"2 imported lines set aside" in page.get("/").content


def test_the_imports_page_says_what_to_do(page: Client, imported: Import) -> None:
    assert b"Nothing has been imported yet" in page.get("/imports/").content
    imported((LOG + WILD).encode())
    told = page.get("/imports/").content.decode()
    assert remedy("contradicted").split(",")[0] in told
    assert "log.csv" in told


def test_every_reason_has_its_remedy() -> None:
    assert set(REASONS) <= set(REMEDIES)
