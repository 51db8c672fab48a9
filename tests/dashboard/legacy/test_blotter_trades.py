"""The layout of `export_trades` and of the bot's own log."""

from tests.dashboard.legacy.reading import read

HEADER = (
    '"layout","trade_id","bot","version","mode","strategy","symbol","side","entry_time",'
    '"exit_time","entry_price","exit_price","quantity","fee","funding","net_pnl","exit_reason",'
    '"stop_loss_price","take_profit_price","initial_risk","mae","mfe","quote_asset","account"\n'
)
ROW = (
    '"blotter-trades-1","paper-BTCUSDT-20240103T143000","paper","8.03","paper","ADX trend",'
    '"BTCUSDT","long","2024-01-03T14:30:00Z","2024-01-03T15:45:00Z","42000.5","42100.25","0.05",'
    '"4.2050375","-0.1","{net}","take_profit","41500","42100.25","25.02","-3.1","5.2","USDT",'
    '"paper"\n'
)
RIGHT = ROW.format(net="0.6824625")


def test_a_trade_is_read_with_all_it_says() -> None:
    made = read(HEADER + RIGHT)
    trade = made.trades[0]
    assert (trade.layout, trade.version, trade.own_id) == (
        "blotter-trades",
        "8.03",
        "paper-BTCUSDT-20240103T143000",
    )
    assert (str(trade.net_pnl), str(trade.funding), str(trade.stop_loss_price)) == (
        "0.68246250",
        "-0.1",
        "41500",
    )


def test_a_trade_whose_entry_time_nobody_knows_keeps_its_version() -> None:
    unknown = RIGHT.replace("2024-01-03T14:30:00Z", "").replace("8.03", "7.90")
    made = read(HEADER + RIGHT + unknown, mode="paper")
    assert [(each.version, each.entry_time is None) for each in made.trades] == [
        ("8.03", False),
        ("7.90", True),
    ]


def test_its_times_need_no_timezone() -> None:
    assert read(HEADER + RIGHT, zone=None).report.trades == 1


def test_a_pnl_that_does_not_add_up_is_refused() -> None:
    made = read(HEADER + RIGHT + ROW.format(net="10.6824625"))
    assert made.reasons == {3: "contradicted"}
