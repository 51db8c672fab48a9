"""Reading other people's trading logs: bytes in, trades or named refusals out.

Pure Python on the standard library. Knows nothing of Django or of the event store.
"""
