"""The simulated exchange: one matching engine for paper mode and for tests."""
