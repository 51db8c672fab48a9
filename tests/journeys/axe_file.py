"""Where axe-core is on this machine: never fetched by a test."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".cache" / "axe.min.js"
HOW = (
    "name axe-core's axe.min.js in BLOTTER_AXE, or put it into .cache/ (`npm pack axe-core@4.14.1`)"
)


def axe_file() -> str | None:
    """The script's text; None where there is none (HOW says how to get it)."""
    path = Path(os.environ.get("BLOTTER_AXE") or KEPT)
    return path.read_text("utf-8") if path.exists() else None
