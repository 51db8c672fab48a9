"""The commands of `python -m trader` beside running the bot."""
