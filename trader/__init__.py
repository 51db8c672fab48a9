"""The bot and the event store. Knows nothing of Django."""
