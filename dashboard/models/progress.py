"""How far the projector has come, and what the bots last said about themselves."""

from django.db import models

DERIVED = "derived from closed trades"  # how the feed of such a history begins


class Checkpoint(models.Model):
    """The last event of a stream that the rows stand for, with its hash and what was refused."""

    stream = models.CharField(max_length=200, primary_key=True)
    seq = models.BigIntegerField(default=0)
    hash = models.BinaryField(default=b"")
    unreadable = models.BigIntegerField(default=0)  # events whose body could not be used
    # Closings of a trade that was closed already: said again, or saying something else.
    repeated = models.BigIntegerField(default=0)
    contradicted = models.BigIntegerField(default=0)
    last_problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.stream} {self.seq}"


class Counter(models.Model):
    """A number that grows whenever rows of one kind change: what an ETag is made of."""

    name = models.CharField(max_length=32, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class Batch(models.Model):
    """An imported file's batch: its trades count once `finished`, and until it is `undone`."""

    stream = models.CharField(max_length=200)
    batch = models.CharField(max_length=200)
    bot = models.CharField(max_length=200, blank=True)
    mode = models.CharField(max_length=16, blank=True)
    path = models.CharField(max_length=1000, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    started_at = models.BigIntegerField(null=True)
    finished_at = models.BigIntegerField(null=True)
    undone_at = models.BigIntegerField(null=True)
    records = models.BigIntegerField(null=True)
    trades = models.BigIntegerField(null=True)
    imported = models.BigIntegerField(null=True)
    duplicates = models.BigIntegerField(null=True)
    set_aside = models.BigIntegerField(null=True)
    quarantined = models.BigIntegerField(null=True)
    by_version = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict)  # how many lines were quarantined for each
    body = models.JSONField(default=dict)  # of import.started
    layout = models.JSONField(default=dict)  # segments and headings, of import.finished

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "batch"], name="batch_once")]
        indexes = [models.Index(fields=["-started_at", "-id"], name="batch_newest")]
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return self.batch


class Quarantined(models.Model):
    """A line that an import refused, with its bytes, its place and the reason."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="lines", db_index=False)
    stream = models.CharField(max_length=200)
    seq = models.BigIntegerField()
    line = models.BigIntegerField()
    offset = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=40)
    detail = models.TextField(blank=True)
    raw = models.BinaryField()
    whole = models.BooleanField(default=True)  # `raw` is every byte of it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="quarantined_once")]
        indexes = [
            models.Index(fields=["-batch", "line", "id"], name="quarantined_file"),
            models.Index(fields=["reason", "-batch", "line", "id"], name="quarantined_reason"),
        ]
        verbose_name = "quarantined line"

    def __str__(self) -> str:
        return f"line {self.line}"


class Bot(models.Model):
    """What a bot's stream last said: its start, its settings, its newest candle, its end."""

    stream = models.CharField(max_length=200, primary_key=True)
    book = models.ForeignKey("dashboard.Book", models.SET_NULL, null=True)
    bot = models.CharField(max_length=200)
    version = models.CharField(max_length=100)
    mode = models.CharField(max_length=16)
    strategy = models.CharField(max_length=200, blank=True)
    symbol = models.CharField(max_length=50, blank=True)
    interval = models.CharField(max_length=10, blank=True)
    feed = models.CharField(max_length=50, blank=True)
    software = models.CharField(max_length=200, blank=True)
    settings = models.JSONField(default=dict)
    indicators = models.JSONField(default=dict)
    signal = models.CharField(max_length=50, blank=True)
    regimes = models.JSONField(default=dict)  # by trade id, from its signal until it is closed
    price = models.CharField(max_length=60, blank=True)
    started_at = models.BigIntegerField(null=True)
    stopped_at = models.BigIntegerField(null=True)
    stop_reason = models.CharField(max_length=200, blank=True)
    risk = models.JSONField(default=dict)  # mode, rule, reason, since and until; {} where unsaid
    last_candle_at = models.BigIntegerField(null=True)  # the newest candle's close
    last_snapshot_at = models.BigIntegerField(null=True)  # when it was recorded
    last_recorded_at = models.BigIntegerField(default=0)
    balance = models.BigIntegerField(null=True)
    equity = models.BigIntegerField(null=True)
    realised = models.BigIntegerField(null=True)
    unrealised = models.BigIntegerField(null=True)
    deposits = models.BigIntegerField(null=True)

    @property
    def is_derived(self) -> bool:
        """Whether no bot recorded this: its equity was derived from its trades afterwards."""
        return self.feed.startswith(DERIVED)

    def __str__(self) -> str:
        return f"{self.bot} {self.version}"


class BotWord(models.Model):
    """An event in which a bot tells of itself, its start, settings, halts and end: few, and kept
    so that what it was at any time can be told without reading its stream from the beginning."""

    stream = models.CharField(max_length=200)
    seq = models.BigIntegerField()
    occurred_at = models.BigIntegerField()
    recorded_at = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="word_once")]

    def __str__(self) -> str:
        return f"{self.stream} {self.seq}"
