"""`manage.py backfill`: what candles, deposits and the exchange can still tell of the past."""

import json
import os
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.table import Table

from dashboard.backfill.candles import length_of, plain_symbol
from dashboard.management.commands import _backfill_binance as binance
from dashboard.management.commands import _backfill_candles as candles
from dashboard.management.commands import _backfill_snapshots as snapshots
from dashboard.management.commands import _terminal
from dashboard.management.commands._backfill import REFUSED, bar, moment
from trader.settings import load

PUBLIC = "https://api.binance.com/api"
TESTNET = "https://testnet.binance.vision/api"
EXAMPLES = """examples:
  python manage.py backfill candles --symbol BTCUSDT --interval 15m --since 2024-01-01
  python manage.py backfill candles --symbol BTCUSDT --interval 15m --file BTCUSDT_15m.csv.gz
  python manage.py backfill binance --symbol BTCUSDT
  python manage.py backfill snapshots --bot legacy --deposit 2024-01-01=10000

Each can be run again at any time: what is recorded already is not recorded twice.

exit status: 0; 1 where candles differ from those recorded; 2 where it cannot be done as asked"""


class Command(BaseCommand):
    help = "Fill in what was not recorded at the time, marked as derived."
    requires_system_checks = ()

    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        return super().create_parser(
            *args, epilog=EXAMPLES, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
        _candles(kinds)
        _snapshots(kinds)
        _binance(kinds)

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['what']}")(options)

    def _candles(self, options: dict[str, Any]) -> None:
        folder, symbol = Path(settings.DATA_FOLDER), plain_symbol(options["symbol"])
        try:
            length_of(options["interval"])
        except ValueError as error:
            raise CommandError(f"--{error}", returncode=REFUSED) from error
        asked = candles.Asked(
            folder, symbol, options["interval"], options["since"], options["until"],
            options["file"], os.environ.get("BLOTTER_BINANCE_ADDRESS") or PUBLIC,
        )  # fmt: skip
        with bar(quiet=options["json"]) as shown:
            found = candles.run(asked, shown)
        told = found["candles"]
        rows = {
            "candles recorded now": told["recorded"],
            "candles recorded before": told["known"],
            "candles that differ from those recorded": len(told["differing"]),
            "trades that lacked something": found["trades"],
            "excursions derived": found["excursions"],
            "regimes derived": found["regimes"],
        } | {f"excursions left open: {why}": n for why, n in found["not_measured"].items()}
        self._say(f"{symbol} {asked.interval}", found, rows, as_json=options["json"])
        if told["differing"]:
            raise CommandError(
                f"{len(told['differing'])} candles differ from those recorded, the first that of "
                f"{told['differing'][0]}; the recorded ones stand"
            )

    def _snapshots(self, options: dict[str, Any]) -> None:
        folder = Path(settings.DATA_FOLDER)
        with bar(quiet=options["json"]) as shown:
            found = snapshots.run(folder, options["bot"], options["deposit"], shown)
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        table = Table("bot", "money", "from", "to", "points", "new", "deposits", "equity")
        for each in found["accounts"]:
            money = " · ".join((each["mode"], each["quote_asset"], each["account"]))
            table.add_row(
                _terminal.shown(each["bot"]), _terminal.shown(money),
                each["first"][:10], each["last"][:10], f"{each['points']:,}",
                f"{each['appended']:,}", each["deposits"] or "not known", each["equity"],
            )  # fmt: skip
        console = _terminal.console(cast("IO[str]", self.stdout._out))
        console.print(table)
        for each in found["recorded"]:
            console.print(f"{_terminal.shown(each['bot'])} recorded its equity itself: that stands")
        if any(each["deposits"] is None for each in found["accounts"]):
            console.print("Where deposits are not known the curve begins at 0; see --deposit")

    def _binance(self, options: dict[str, Any]) -> None:
        folder, symbol = Path(settings.DATA_FOLDER), plain_symbol(options["symbol"])
        try:
            given = load({}, confirmed=True)  # nothing is traded here
        except ValueError as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        if given.api_key is None or given.api_secret is None:
            raise CommandError(
                "the account's key is not set: give BLOTTER_API_KEY and BLOTTER_API_SECRET (a key "
                "that may only read is enough) in the environment, or in the bot's settings file",
                returncode=REFUSED,
            )
        mode = "testnet" if given.testnet else "live"
        asked = binance.Asked(
            folder, symbol, options["bot"], options["account"] or mode, mode,
            given.binance_address or (TESTNET if given.testnet else PUBLIC),
            given.api_key.get_secret_value(), given.api_secret.get_secret_value(),
        )  # fmt: skip
        with bar(quiet=options["json"]) as shown:
            found = binance.run(asked, shown)
        rows = {
            "fills recorded now": found["fills"]["recorded"],
            "fills in all": found["fills"]["all"],
            "trades recorded now": found["trades"]["recorded"],
            "trades in all": found["trades"]["all"],
            "fills of the open position": found["open_fills"],
            "sells of what was not bought here": len(found["unmatched_fills"]),
        } | {f"{asset} paid as fees, in no net PnL": n for asset, n in found["other_fees"].items()}
        self._say(f"{symbol}, {mode}", found, rows, as_json=options["json"])

    def _say(
        self, title: str, found: dict[str, Any], rows: dict[str, Any], *, as_json: bool
    ) -> None:
        if as_json:
            self.stdout.write(json.dumps(found))
            return
        table = Table("", "", title=title, show_header=False)
        for name, value in rows.items():
            table.add_row(name, f"{value:,}" if isinstance(value, int) else str(value))
        _terminal.console(cast("IO[str]", self.stdout._out)).print(table)


def _candles(kinds: Any) -> None:
    parser = kinds.add_parser(
        "candles",
        help="candles into the store; excursions and entry regimes of trades that lack them",
        description=(
            "Record candles (of a file, or Binance's public ones), and derive from them the worst "
            "and best unrealised money (MAE, MFE) and the market at entry of trades whose record "
            "does not tell. What was recorded is never replaced."
        ),
        epilog="example: python manage.py backfill candles --symbol BTCUSDT --interval 15m "
        "--since 2024-01-01 --until 2024-04-01",
    )
    parser.add_argument("--symbol", required=True, help="as BTCUSDT")
    parser.add_argument("--interval", required=True, help="as 1m, 15m, 1h")
    parser.add_argument(
        "--since", type=moment, help="from this day or time on, UTC (the first trade's)"
    )
    parser.add_argument("--until", type=moment, help="up to this day or time, UTC (now)")
    parser.add_argument(
        "--file", type=Path, help="a candle file, CSV or CSV.gz, in place of Binance"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")


def _snapshots(kinds: Any) -> None:
    parser = kinds.add_parser(
        "snapshots",
        help="an equity history from trades and deposits, where none was recorded",
        description=(
            "Derive an equity history, marked as derived, for every bot that has trades and "
            "recorded no equity. Run it again after imports: it goes on, or is told anew where "
            "trades have changed."
        ),
        epilog="example: python manage.py backfill snapshots --bot legacy "
        "--deposit 2024-01-01=10000 --deposit 2024-06-01=-2500",
    )
    parser.add_argument("--bot", help="only this bot's")
    parser.add_argument(
        "--deposit", type=_deposit, action="append", default=[], metavar="WHEN=AMOUNT",
        help="cash paid in (or, negative, taken out) at a day or time, in quote currency; kept",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")


MOST = 10**10  # money that a column holds, to eight decimals


def _deposit(told: str) -> snapshots.Deposit:
    when, found, amount = told.rpartition("=")
    try:
        cash = Decimal(amount)
    except InvalidOperation:
        cash = Decimal("nan")
    if not found or not cash.is_finite() or abs(cash) > MOST:
        raise ArgumentTypeError(f"{told!r} is no WHEN=AMOUNT, as 2024-01-01=10000")
    return snapshots.Deposit(moment(when), cash)


def _binance(kinds: Any) -> None:
    parser = kinds.add_parser(
        "binance",
        help="the account's fills from Binance, paired into trades",
        description=(
            "Record the account's fills of a spot symbol, and the round trips they make, flat to "
            "flat. The key comes from BLOTTER_API_KEY and BLOTTER_API_SECRET or the bot's settings "
            "file; one that may only read is enough. A run that was cut off goes on where it was."
        ),
        epilog="example: python manage.py backfill binance --symbol BTCUSDT",
    )
    parser.add_argument("--symbol", required=True, help="as BTCUSDT")
    parser.add_argument("--bot", default="binance", help="whose trades these are (binance)")
    parser.add_argument("--account", help="account of the trades (the mode's name)")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")
