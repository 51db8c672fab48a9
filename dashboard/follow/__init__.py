"""Following another bot's files while it runs: its state and its growing logs, into events."""
