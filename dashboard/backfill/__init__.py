"""History brought in afterwards: what candles and an account can still tell of old trades."""
