"""The fault runs work and find nothing, in the small; in full: python -m tests.faults.exchange."""

import logging
from collections.abc import Iterator

import pytest

from tests.faults.exchange import Case, all_cases, matrix, run_case, some_of
from tests.faults.exchange_life import faults_found, make_exchange
from tests.faults.exchange_random import random_run
from tests.faults.paper_day import compare
from tests.trader.fakes import MemoryLog
from trader.exchange.simulated.faults import Fault, Kind
from trader.runner import read_book

LIFE = 60  # requests of a life without faults, at least


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_faults_at_random_steps_leave_the_books_equal() -> None:
    cases = [case for case in all_cases(LIFE) if not case.killed]
    assert matrix(some_of(cases, 25)).failures == []


def test_r09_killed_at_random_steps_the_books_are_equal_after_the_restart() -> None:
    cases = [case for case in all_cases(LIFE) if case.killed]
    result = matrix(some_of(cases, 8))
    assert (result.failures, result.kills) == ([], 8)


@pytest.mark.parametrize("request_number", [28, 29])
def test_r09_killed_within_the_candle_of_a_second_entry(request_number: int) -> None:
    """Found by the matrix: two trades' stops once had one id, where a crash came between."""
    assert run_case(Case(request_number, None, killed=True)) == ([], True)


def test_a_stretch_of_faults_at_random_ends_with_equal_books() -> None:
    outcome = random_run(150, seed=11)
    assert outcome.wrong == []
    assert outcome.faults > 5


def test_a_paper_day_is_shown_as_the_exchange_has_it() -> None:
    said = compare(96, quick=True)
    assert [bar["name"] for bar in said["bars"] if not bar["ok"]] == []


def test_the_run_can_fail() -> None:
    """A coin that is gone, and the comparison says so."""
    case = Case(20, Fault(Kind.ERROR_503), killed=False)
    assert run_case(case) == ([], True)
    exchange = make_exchange()
    exchange.venue.matching.cash += 1

    assert faults_found(exchange, read_book(MemoryLog()), [])
