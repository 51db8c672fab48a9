"""Where the chart file is on this machine: never fetched by a test."""

import os
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKED = ROOT / ".cache" / "chart.js-4.6.1.tgz"
MEMBER = "package/dist/chart.umd.min.js"
HOW = "`npm pack chart.js@4.6.1` in .cache/, or name the file chart.umd.min.js in BLOTTER_CHARTJS"


def chart_file() -> bytes | str:
    """The file's bytes, or why there is none and how to get it."""
    named = os.environ.get("BLOTTER_CHARTJS")
    if named:
        path = Path(named)
        return path.read_bytes() if path.exists() else f"BLOTTER_CHARTJS={named} does not exist"
    if not PACKED.exists():
        return f"there is no {PACKED}; get it by {HOW}"
    with tarfile.open(PACKED) as package:
        member = package.extractfile(MEMBER)
        return f"{PACKED} holds no {MEMBER}; get it by {HOW}" if member is None else member.read()
