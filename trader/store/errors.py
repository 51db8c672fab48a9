"""What a Recorder may raise while it is being made, and a BulkWriter at any time."""


class StreamUnusable(Exception):
    """The stream cannot be recorded here; the text says what is wrong and what to do."""


class StreamLocked(StreamUnusable):
    """Another process (or another Recorder of this one) is the stream's writer.

    Attributes:
        pid: the holder's process id, None where it could not be read.
    """

    def __init__(self, message: str, pid: int | None) -> None:
        super().__init__(message)
        self.pid = pid


class NotStored(Exception):
    """A bulk of events could not be stored; the text says why and which events are there."""
