"""This project's own v7.x and v8.x logs, with their headers and without."""

from .reading import read

V7 = (
    "date,pair,direction,entry_price,exit_price,size,profit,fee,reason\n"
    "2024-01-03 "
    "13:54:48,ETHUSDT,SHORT,2188.61,2213.66,0.7379,-19.78376901,1.29937401,TAKE_PROFIT\n"
    "2024-01-04 07:02:12,ETHUSDT,LONG,2423.44,2491.64,1.2479,82.65336867,2.45341133,TRAILING\n"
    "2024-01-04 14:07:30,BTCUSDT,SHORT,40800.48,41587.64,1.3396,-1098.62638622,"
    "44.14685022,TAKE_PROFIT\n"
)
V8 = (
    "1,8.00,SOLUSDT,SHORT,1707746450000,1707777910000,88.86,89.74,0.5916,0.04226390,"
    "-0.56287190,SIGNAL\n"
    "2,8.00,ETHUSDT,SHORT,1707827891000,1707830892000,2250.50,2287.44,0.7934,"
    "1.44016064,-30.74835664,STOP_LOSS\n"
    "3,8.00,SOLUSDT,LONG,1707857966000,1707888191000,93.83,94.61,1.8677,0.14077976,"
    "1.31602624,STOP_LOSS\n"
)
V8_HEADER = (
    "trade_id,version,symbol,side,entry_time,exit_time,entry_price,exit_price,quantity,"
    "fee,pnl_usdt,exit_reason\n"
)
V8_ADX = (
    "trade_id,version,symbol,side,adx,entry_time,exit_time,entry_price,exit_price,"
    "quantity,fee,pnl_usdt,pnl_pct,exit_reason\n"
    "30,v8.02,BTCUSDT,LONG,29.93,2024-02-02T10:44:36+00:00,2024-02-02T16:40:58+00:00,"
    "41934.48,41449.42,1.7628,58.79565557,-913.85942357,-1.2362,STOP_LOSS\n"
    "31,v8.02,ETHUSDT,SHORT,32.77,2024-02-02T17:32:30+00:00,"
    "2024-02-02T20:51:11+00:00,2353.36,2292.59,1.6934,3.14698069,99.76093731,2.5033,"
    "STOP_LOSS\n"
)
PRICES = (
    "symbol,side,entry_time,exit_time,entry_price,exit_price,quantity,fee\n"
    "SOLUSDT,LONG,2024-01-03 08:37:13,2024-01-03 16:51:27,93.27,94.82,0.5672,0.04267386\n"
    "ETHUSDT,SHORT,2024-01-03 20:16:26,2024-01-03 22:19:18,2177.02,2178.79,1.5902,2.77064362\n"
)


def _layouts(content: str) -> list[str]:
    return [segment.layout for segment in read(content, tag="7.90").report.segments]


def test_v7() -> None:
    assert _layouts(V7) == ["blotter-v7"]


def test_v8_with_its_header() -> None:
    assert _layouts(V8_HEADER + V8) == ["blotter-v8"]


def test_v8_with_adx() -> None:
    assert read(V8_ADX).nets == ["-913.85942357", "99.76093731"]


def test_v7_without_pnl_is_computed() -> None:
    assert read(PRICES).nets == ["0.83648614", "-5.58529762"]


def test_the_ghost_v8_rows_under_a_v7_header() -> None:
    reading = read(V7 + V8, tag="7.90")
    assert reading.nets[3:] == ["-0.56287190", "-30.74835664", "1.31602624"]
    assert [trade.version for trade in reading.trades] == ["7.90"] * 3 + ["8.00"] * 3


def test_headerless_v8_alone() -> None:
    assert _layouts(V8) == ["blotter-v8"]


def test_a_version_column_is_kept_without_its_v() -> None:
    assert {trade.version for trade in read(V8_ADX, tag="9.9").trades} == {"8.02"}


def test_the_evidence_for_a_version_is_named() -> None:
    assert [t.version_evidence for t in read(V7 + V8, tag="7.90").trades][2:4] == ["tag", "column"]


def test_the_files_name_is_evidence_where_nothing_else_is() -> None:
    trade = read(V7, name="trades_v7.91.csv").trades[0]
    assert (trade.version, trade.version_evidence) == ("7.91", "file name")
