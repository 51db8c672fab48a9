"""The libraries our figures are checked against. Test dependencies, never the product's.

They ship no types, so they come in as `Any`. Importing them warns of their own, or of what
they import, depending on versions (backtesting.py of a missing bokeh feature, seaborn and
pandas of deprecations): nothing of ours, so those warnings are let go, for the imports alone.
"""

from __future__ import annotations

import importlib
import warnings
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pd: Any = importlib.import_module("pandas")
    quantstats: Any = importlib.import_module("quantstats.stats")
    empyrical: Any = importlib.import_module("empyrical")
    ffn: Any = importlib.import_module("ffn.core")
    backtesting: Any = importlib.import_module("backtesting._stats")


def daily(values: list[float] | list[int]) -> Any:
    """A pandas series of one value a day."""
    index = pd.date_range("2024-01-01", periods=len(values), freq="D")
    return pd.Series(values, index=index, dtype="float64")
