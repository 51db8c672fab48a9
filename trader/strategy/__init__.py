"""One file per strategy; pure: candles and position in, a signal out."""
