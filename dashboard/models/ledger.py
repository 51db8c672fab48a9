"""Projected money: books, trades, positions, equity and day rollups.

Money is an integer in units of 1e-8 of the book's quote asset, so that SQL adds exactly. Prices
and quantities keep their decimal text. Times are integer microseconds since the epoch, UTC.
"""

from django.db import models


class Book(models.Model):
    """What may be added up: one mode, one quote asset, one account. Never summed with another."""

    mode = models.CharField(max_length=16)
    quote_asset = models.CharField(max_length=32, blank=True)
    account = models.CharField(max_length=100, blank=True)
    last_recorded_at = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mode", "quote_asset", "account"], name="book_is_one")
        ]

    def __str__(self) -> str:
        return " · ".join(part for part in (self.mode, self.quote_asset, self.account) if part)


FOREVER = 2**63 - 1  # until nobody has said otherwise


class Current(models.Manager["Trade"]):
    """Records as they stand now."""

    def get_queryset(self) -> models.QuerySet["Trade"]:
        return super().get_queryset().filter(known_until=FOREVER)


class Trade(models.Model):
    """One record of a closed round trip. Of several records of one trade, one is `counted`.

    A correction leaves what was known before it as a row of its own, of which `known_until` is
    the correction's time: `states` has those too, `objects` has the newest alone.
    """

    class Side(models.TextChoices):
        LONG = "long"
        SHORT = "short"

    book = models.ForeignKey(Book, models.CASCADE, db_index=False)
    trade_id = models.CharField(max_length=200)
    stream = models.CharField(max_length=200)
    seq = models.BigIntegerField()
    recorded_at = models.BigIntegerField()
    bot = models.CharField(max_length=200)
    version = models.CharField(max_length=100)
    strategy = models.CharField(max_length=200, blank=True)
    symbol = models.CharField(max_length=50)
    side = models.CharField(max_length=5, choices=Side.choices)
    entry_time = models.BigIntegerField(null=True)
    exit_time = models.BigIntegerField()
    entry_price = models.CharField(max_length=60)
    exit_price = models.CharField(max_length=60)
    quantity = models.CharField(max_length=60)
    stop_loss_price = models.CharField(max_length=60, blank=True)
    take_profit_price = models.CharField(max_length=60, blank=True)
    fee = models.BigIntegerField(null=True)  # null: the record does not tell
    funding = models.BigIntegerField(default=0)
    net_pnl = models.BigIntegerField()
    initial_risk = models.BigIntegerField(null=True)
    mae = models.BigIntegerField(null=True)
    mfe = models.BigIntegerField(null=True)
    exit_reason = models.CharField(max_length=200, blank=True)
    regime = models.CharField(max_length=20, default="unknown")  # the market's, at the signal
    # The candles' interval where a backfill derived them; "" for what was recorded.
    excursions_from = models.CharField(max_length=10, blank=True)
    regime_from = models.CharField(max_length=10, blank=True)

    source = models.CharField(max_length=16)
    batch = models.CharField(max_length=200, blank=True)
    corrected = models.BooleanField(default=False)
    voided = models.BooleanField(default=False)
    pending = models.BooleanField(default=False)  # its import has not finished: counts for nothing
    counted = models.BooleanField(default=True)
    match_key = models.BigIntegerField()  # of the facts as they stand now
    first_key = models.BigIntegerField()  # of the facts as first recorded
    # Of the exchange's own id, where the record tells it: above 0 of the closing fill's, below 0
    # of one that may name something else.
    exchange_key = models.BigIntegerField(null=True)

    # What was known when (all by recorded_at): these facts from and until, and voided since.
    known_from = models.BigIntegerField(default=0)
    known_until = models.BigIntegerField(db_default=FOREVER, default=FOREVER)
    voided_at = models.BigIntegerField(null=True)
    # Some other record shares a key with this one, or did: which counted when must be worked out.
    shared = models.BooleanField(db_default=False, default=False)

    states = models.Manager()
    objects = Current()

    class Meta:
        base_manager_name = "states"
        default_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "trade_id", "known_until"], name="trade_once_in_a_stream"
            )
        ]
        indexes = [
            models.Index(
                fields=["book", "exit_time", "trade_id", "net_pnl"],
                condition=models.Q(counted=True),
                name="trade_ledger",
            ),
            models.Index(fields=["exit_time", "id"], name="trade_newest"),
            models.Index(fields=["trade_id"], name="trade_own_id"),
            models.Index(fields=["match_key"], name="trade_match"),
            models.Index(
                fields=["first_key"], condition=models.Q(corrected=True), name="trade_first_match"
            ),
            models.Index(
                fields=["exchange_key"],
                condition=models.Q(exchange_key__isnull=False),
                name="trade_exchange",
            ),
            models.Index(
                fields=["stream", "batch"], condition=models.Q(pending=True), name="trade_pending"
            ),
            models.Index(fields=["id"], condition=models.Q(shared=True), name="trade_shared"),
        ]

    def __str__(self) -> str:
        return f"{self.trade_id} ({self.symbol} {self.side}, {self.version})"


class Measurement(models.Model):
    """What a backfill derived from candles about a trade, which has its place in any stream."""

    source = models.CharField(max_length=200)  # the stream that says so
    stream = models.CharField(max_length=200)
    trade_id = models.CharField(max_length=200)
    match_key = models.BigIntegerField()  # of the facts it was derived from: others void it
    interval = models.CharField(max_length=10)
    mae = models.BigIntegerField(null=True)
    mfe = models.BigIntegerField(null=True)
    regime = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "trade_id"], name="measurement_of_a_trade")
        ]
        indexes = [models.Index(fields=["source"], name="measurement_source")]

    def __str__(self) -> str:
        return f"{self.trade_id} by {self.interval}"


class Position(models.Model):
    """An open exposure, as the bot's newest event about it says."""

    book = models.ForeignKey(Book, models.CASCADE)
    stream = models.CharField(max_length=200)
    trade_id = models.CharField(max_length=200)
    bot = models.CharField(max_length=200)
    version = models.CharField(max_length=100)
    symbol = models.CharField(max_length=50)
    side = models.CharField(max_length=5)
    quantity = models.CharField(max_length=60)
    entry_price = models.CharField(max_length=60)
    entry_time = models.BigIntegerField(null=True)
    stop_loss_price = models.CharField(max_length=60, blank=True)
    take_profit_price = models.CharField(max_length=60, blank=True)
    price = models.CharField(max_length=60, blank=True)
    fee = models.BigIntegerField(null=True)
    unrealised = models.BigIntegerField(null=True)
    updated_at = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "trade_id"], name="position_once")]

    def __str__(self) -> str:
        return f"{self.symbol} {self.side} {self.quantity}"


class EquityPoint(models.Model):
    """A bot's account at one candle's close: equity = deposits + realised + unrealised."""

    book = models.ForeignKey(Book, models.CASCADE, db_index=False)
    stream = models.CharField(max_length=200)
    time = models.BigIntegerField()
    seq = models.BigIntegerField()
    recorded_at = models.BigIntegerField()
    version = models.CharField(max_length=100)
    equity = models.BigIntegerField()
    realised = models.BigIntegerField(null=True)
    unrealised = models.BigIntegerField(null=True)
    deposits = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "stream", "time"], name="equity_point_once")
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.time}"


class EquityDay(models.Model):
    """A UTC day of a bot's equity: its last point, and when it was lowest and highest."""

    book = models.ForeignKey(Book, models.CASCADE, db_index=False)
    stream = models.CharField(max_length=200)
    day = models.IntegerField()  # days since the epoch
    time = models.BigIntegerField()
    opening = models.BigIntegerField()
    equity = models.BigIntegerField()
    low = models.BigIntegerField()
    low_time = models.BigIntegerField()
    high = models.BigIntegerField()
    high_time = models.BigIntegerField()
    deposits = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "stream", "day"], name="equity_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.stream} day {self.day}"


class DayRollup(models.Model):
    """The Summary of one UTC day's counted trades having one value of one field (its scope)."""

    book = models.ForeignKey(Book, models.CASCADE, db_index=False)
    scope = models.CharField(max_length=16)
    value = models.CharField(max_length=200, blank=True)
    day = models.IntegerField()  # days since the epoch, of the exit
    # What is only ever added up stands in columns of its own, for the database to add.
    trades = models.BigIntegerField(default=0)
    wins = models.BigIntegerField(default=0)
    losses = models.BigIntegerField(default=0)
    net_pnl = models.BigIntegerField(default=0)
    summary = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["book", "scope", "value", "day"], name="rollup_once_a_day"
            )
        ]
        indexes = [
            models.Index(fields=["book", "day"], name="rollup_day"),
            # Whole rows in the order they are asked for: the table has them in that of their
            # days, and a page's worth of them lies on as many pages of the file.
            models.Index(
                fields=[
                    "book",
                    "scope",
                    "value",
                    "day",
                    "trades",
                    "wins",
                    "losses",
                    "net_pnl",
                    "summary",
                ],
                name="rollup_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope}={self.value} day {self.day}"


class SizeCount(models.Model):
    """How many of a book's counted trades made about `low` (1e-8 quote): see `projection.sizes`.

    The sum of what its days' rows of scope "size" say, kept beside them.
    """

    book = models.ForeignKey(Book, models.CASCADE, db_index=False)
    low = models.BigIntegerField()
    trades = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "low"], name="size_once_a_book")]

    def __str__(self) -> str:
        return f"{self.low}: {self.trades}"
