"""Bithumb's transactions, deposits among them."""

from .reading import read

LOG = (
    "거래일시,자산,거래구분,거래수량,체결가격,거래금액,수수료,정산금액(수수료반영)\n"
    '2024-01-04 11:22:33,BTC,매도,0.01 BTC,"60,000,000 KRW","600,000 KRW",240 KRW,"599,760 KRW"\n'
    '2024-01-03 10:00:00,BTC,매수,0.01 BTC,"58,000,000 KRW","580,000 KRW",232 KRW,"580,232 KRW"\n'
    '2024-01-02 10:00:00,KRW,입금,"1,000,000 KRW",-,"1,000,000 KRW",0 KRW,"1,000,000 KRW"\n'
)


def test_buy_and_sell_are_a_trade_and_a_deposit_is_none() -> None:
    reading = read(LOG.encode("cp949"))
    assert (reading.nets, reading.report.set_aside) == (["19528.00000000"], {"cash_flow": 1})
    assert reading.report.segments[0].layout == "bithumb-trades"
