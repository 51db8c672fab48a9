"""Kraken trades: fills under the exchange's own ids."""

from .reading import read

HEADER = (
    '"txid","ordertxid","pair","time","type","ordertype","price","cost","fee","vol",'
    '"margin","misc","ledgers"\n'
)
BUY = (
    '"TAAAAA-AAAAA-AAAAAA","OAAAAA-AAAAA-AAAAAA","XXBTZEUR","2024-03-19 19:43:31.6798",'
    '"buy","limit",50000.00000,5000.00000,8.00000,0.10000000,0.00000,"","L1,L2"\n'
)
SELL = (
    '"TBBBBB-BBBBB-BBBBBB","OBBBBB-BBBBB-BBBBBB","XXBTZEUR","2024-03-20 19:43:31.1234",'
    '"sell","market",51000.00000,5100.00000,8.16000,0.10000000,0.00000,"","L3,L4"\n'
)


def test_a_buy_and_a_sell_are_one_trade_in_euros() -> None:
    trade = read(HEADER + BUY + SELL, zone=None).trades[0]
    assert (str(trade.net_pnl), trade.quote_asset) == ("83.84000000", "EUR")


def test_the_exchanges_id_makes_a_second_export_add_none() -> None:
    reading = read(HEADER + BUY + SELL + BUY + SELL)
    assert (reading.report.trades, reading.report.duplicates) == (1, 2)


def test_fees_in_the_quote_currency_are_in_the_pnl() -> None:
    assert str(read(HEADER + BUY + SELL).trades[0].fee) == "16.16000000"
