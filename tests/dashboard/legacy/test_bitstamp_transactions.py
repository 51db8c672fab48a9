"""Bitstamp until 2023: the market is told by the assets behind amount and rate."""

from .reading import read

HEADER = "Type,Datetime,Account,Amount,Value,Rate,Fee,Sub Type\n"
LOG = HEADER + (
    'Deposit,"Jan. 02, 2024, 10:00 AM",Main Account,1000.00 USD,,,,\n'
    'Market,"Jan. 13, 2024, 02:05 PM",Main Account,0.01000000 BTC,420.00 USD,42000.00 USD,'
    "1.68 USD,Buy\n"
    'Market,"Jan. 13, 2024, 02:06 PM",Main Account,0.50000000 ETH,1150.00 USD,2300.00 USD,'
    "4.60 USD,Buy\n"
    'Market,"Jan. 14, 2024, 02:05 AM",Main Account,0.01000000 BTC,430.00 USD,43000.00 USD,'
    "1.72 USD,Sell\n"
    'Market,"Jan. 14, 2024, 02:07 AM",Main Account,0.50000000 ETH,1100.00 USD,2200.00 USD,'
    "4.40 USD,Sell\n"
)


def test_fills_are_paired_by_the_assets_of_their_amounts() -> None:
    reading = read(LOG)
    assert [(t.symbol, str(t.net_pnl)) for t in reading.trades] == [
        ("BTC-USD", "6.60000000"),
        ("ETH-USD", "-59.00000000"),
    ]


def test_a_deposit_is_no_trade() -> None:
    assert read(LOG).report.set_aside == {"cash_flow": 1}


def test_a_value_that_is_not_amount_times_rate_is_refused() -> None:
    rows = LOG.replace("430.00 USD,43000.00", "530.00 USD,43000.00")
    assert 5 in read(rows).reasons
