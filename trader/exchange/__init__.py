"""Adapters to where orders go: the simulated exchange, paper trading on it, and Binance."""
