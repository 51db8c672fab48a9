"""The bot's versions: what each of them changed. A new version is a new line here."""

from trader.strategy.adx_trend import AdxTrendSettings

VERSIONS = {
    # The first of the v8 line: a plain trend entry with a tight stop.
    "8.01": AdxTrendSettings(adx_threshold=22.0, stop_atr=1.5, target_atr=3.0),
    # Waits for a clearer trend and gives it more room.
    "8.02": AdxTrendSettings(adx_threshold=25.0, stop_atr=2.0, target_atr=4.0),
    # The same entry, slower averages, and out only when the trend has clearly faded.
    "8.03": AdxTrendSettings(
        adx_threshold=25.0, adx_exit=15.0, ema_fast=21, ema_slow=55, stop_atr=2.5, target_atr=5.0
    ),
}
NEWEST = "8.03"


def settings_of(version: str) -> AdxTrendSettings:
    """The settings of a version; ValueError names the known ones."""
    try:
        return VERSIONS[version]
    except KeyError:
        known = ", ".join(VERSIONS)
        raise ValueError(f"version {version!r} is not known; the versions are {known}") from None
