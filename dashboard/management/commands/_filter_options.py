"""The API's filters as options of commands."""

from pydantic import ValidationError

FILTERS = {
    "bot": "only this bot's trades",
    "mode": "live, testnet, paper, replay or demo (the running bot's, else the newest)",
    "quote_asset": "only money in this asset, as USDT",
    "account": "only this account's",
    "version": "only this version's, as 8.03",
    "symbol": "only this market's, as BTCUSDT",
    "side": "long or short",
    "tag": "only trades annotated so",
    "since": "from this day or time on, inclusive, UTC, as 2026-01-31",
    "until": "up to this day or time, exclusive, UTC",
    "period": "the last so many UTC days, as 90d",
    "as_of": "as things stood at this time, with what is known today",
}


def wrong_option(error: ValidationError) -> str:
    """The first thing wrong, under the option's own name."""
    first = error.errors()[0]
    option = str(first["loc"][0]).replace("_", "-") if first["loc"] else "options"
    return f"--{option}: {first['msg'].removeprefix('Value error, ')}, not {first['input']!r}"
