"""Numbers by one grammar, whole cells only."""

from decimal import Decimal

import pytest

from dashboard.legacy.cells import (
    POINT,
    Grammar,
    base_of,
    column_unit,
    decide_grammar,
    is_symbol,
    plain,
    quote_of,
)
from dashboard.legacy.sides import side_of


@pytest.mark.parametrize(
    "cell",
    [
        "1_000",
        "12..5",
        "=1+1",
        "١٢",
        "12.5USDT",
        "1,234",
        "0x1F",
        "2024-02-03 11:00:00",
        "#REF!",
        "5,0",
        "1e309",
        "inf",
        "-inf",
        "nan",
        "１２",
        "--5",
        "1 2",
        "",
        "TRUE",
        "1e99",
        "9" * 50,
    ],
)
def test_what_is_no_number(cell: str) -> None:
    assert POINT.number(cell) is None


@pytest.mark.parametrize(
    ("cell", "value"),
    [("12.50", "12.50"), ("-0.1", "-0.1"), (".5", "0.5"), ("1e-05", "0.00001"), (" 7 ", "7")],
)
def test_what_is(cell: str, value: str) -> None:
    assert POINT.number(cell) == Decimal(value)


@pytest.mark.parametrize(
    ("cells", "grammar"),
    [
        (["1.234,56", "12,5"], Grammar(",", ".")),
        (["1,234.56", "999.1"], Grammar(".", ",")),
        (["1 234,56", "3,1"], Grammar(",", " ")),
        (["1234,56", "3,1"], Grammar(",", "")),
        (["1'234.50", "3.1"], Grammar(".", "'")),
        (["1234.56", "1,234", "88.5"], POINT),
    ],
)
def test_the_grammar_of_a_segment(cells: list[str], grammar: Grammar) -> None:
    assert decide_grammar(cells) == grammar


@pytest.mark.parametrize(
    ("word", "side"),
    [
        ("LONG", 1),
        ("sell", -1),
        ("매수", 1),
        ("숏", -1),
        ("做空", -1),
        ("Verkauf", -1),
        ("compra", 1),
        ("???", None),
    ],
)
def test_sides(word: str, side: int | None) -> None:
    assert side_of(word) == side


@pytest.mark.parametrize(
    ("symbol", "base", "quote"),
    [
        ("BTCUSDT", "BTC", "USDT"),
        ("ETH/EUR", "ETH", "EUR"),
        ("KRW-BTC", "BTC", "KRW"),
        ("XXBTZEUR", "XBT", "EUR"),
        ("BTC/USDT:USDT", "BTC", "USDT"),
        ("BTC_USDT", "BTC", "USDT"),
        ("DOTUSD", "DOT", "USD"),
        ("BNBUSD", "BNB", "USD"),
        ("BTCTUSD", "BTC", "TUSD"),
    ],
)
def test_the_two_sides_of_a_market(symbol: str, base: str, quote: str) -> None:
    assert (base_of(symbol), quote_of(symbol)) == (base, quote)


def test_a_number_is_no_market() -> None:
    assert not is_symbol("123.45")


def test_one_canonical_form() -> None:
    assert {plain(Decimal(text)) for text in ("1.50", "1.5", "1.5000")} == {"1.5"}


@pytest.mark.parametrize(
    ("cells", "bare"),
    [
        (["($12.50)", "$3.00", "($1.25)"], ["-12.50", "3.00", "-1.25"]),
        (["(12.50)", "3.00", "(1.25)"], ["-12.50", "3.00", "-1.25"]),
        (["-$12.50", "$3.00", "$1.00"], ["-12.50", "3.00", "1.00"]),
        (["-12.50 USDT", "3.00 USDT", "1 USDT"], ["-12.50", "3.00", "1"]),
        (["12,50-", "3,00", "1,25-", "0,10 -"], ["-12,50", "3,00", "-1,25", "-0,10"]),
    ],
)
def test_units_and_brackets_come_off_a_whole_column(cells: list[str], bare: list[str]) -> None:
    unit = column_unit(cells)
    assert unit is not None
    assert [unit[1](cell) for cell in cells] == bare


def test_a_plain_cell_among_cells_with_units_is_no_number() -> None:
    unit = column_unit(["1 USDT", "2 USDT", "3 USDT", "4 USDT", "5"])
    assert unit is not None
    assert unit[1]("5") == ""


def test_thousands_marks_may_be_left_out_where_the_decimal_mark_tells() -> None:
    assert Grammar(".", ",").number("2811.34") == Decimal("2811.34")


def test_lakhs_and_crores_are_grouped_by_two() -> None:
    grammar = decide_grammar(["35,03,774.45", "1,87,576.68", "-1,234.50", "93.50"])
    assert [grammar.number(cell) for cell in ("35,03,774.45", "-1,234.50")] == [
        Decimal("3503774.45"),
        Decimal("-1234.50"),
    ]


def test_thousands_alone_are_no_lakhs() -> None:
    assert decide_grammar(["3,503,774.45", "187,576.68", "93.50"]).number("1,87,576.68") is None


def test_a_minus_behind_a_number_here_and_there_is_damage() -> None:
    assert column_unit(["-12.50", "-3.00", "-1.25", "12.50-", "1.00"]) is None


@pytest.mark.parametrize("grammar", [Grammar(","), Grammar(".")])
def test_nought_is_nought_under_either_mark(grammar: Grammar) -> None:
    assert [grammar.number(cell) for cell in ("0.0", "-0,00")] == [0, 0]


def test_a_mark_that_mostly_stands_elsewhere_stands_before_no_thousands() -> None:
    """The decimal mark changes half way, and one number happens to have three decimals."""
    cells = ["-70.99671", "-109.99734", "12.10312", "-125,874", "-12,40312", "0,55213"]
    assert decide_grammar(cells) == Grammar(".")
