"""Upbit's transactions: coin and market in columns of their own, units in every cell."""

from .reading import read

HEADER = "체결시간,코인,마켓,종류,거래수량,거래단가,거래금액,수수료,정산금액,주문시간\n"
ROWS = (
    '2024.01.04 11:22,BTC,KRW,매도,0.01000000BTC,"60,000,000KRW","600,000KRW",300.00KRW,'
    '"599,700KRW",2024.01.04 11:22\n'
    '2024.01.03 10:00,BTC,KRW,매수,0.01000000BTC,"58,000,000KRW","580,000KRW",290.00KRW,'
    '"580,290KRW",2024.01.03 10:00\n'
)


def test_in_cp949_as_it_is_saved() -> None:
    reading = read((HEADER + ROWS).encode("cp949"))
    assert (reading.nets, reading.trades[0].symbol) == (["19410.00000000"], "KRW-BTC")
    assert reading.report.segments[0].layout == "upbit-trades"


def test_times_are_koreas_and_need_a_zone() -> None:
    assert read(HEADER + ROWS).trades[0].quote_asset == "KRW"
