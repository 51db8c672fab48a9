"""Bitstamp since 2023: the market is told by the columns of currencies."""

from .reading import read

HEADER = (
    "ID,Account,Type,Subtype,Datetime,Amount,Amount currency,Value,Value currency,Rate,"
    "Rate currency,Fee,Fee currency,Order ID\n"
)


def row(number: int, way: str, coin: str, amount: str, rate: str, value: str, fee: str) -> str:
    return (
        f"{number},Main Account,Market,{way},2024-01-{number:02}T10:00:00Z,{amount},{coin},{value},"
        f"EUR,{rate},EUR,{fee},EUR,9{number}\n"
    )


LOG = HEADER + (
    row(1, "Buy", "BTC", "0.01", "40000", "400.00", "1.60")
    + row(2, "Buy", "ETH", "1", "2000", "2000.00", "8.00")
    + row(3, "Sell", "BTC", "0.01", "41000", "410.00", "1.64")
    + row(4, "Sell", "ETH", "1", "2100", "2100.00", "8.40")
)


def test_fills_are_paired_by_their_currencies() -> None:
    assert [(t.symbol, str(t.net_pnl)) for t in read(LOG).trades] == [
        ("BTC-EUR", "6.76000000"),
        ("ETH-EUR", "83.60000000"),
    ]


def test_its_times_say_their_zone() -> None:
    assert read(LOG, zone=None).report.trades == 2
