"""What the pages weigh: our own scripts and styles, compressed; nothing in them from elsewhere."""

import gzip
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "dashboard" / "static" / "dashboard"
FILES = sorted([*ROOT.glob("*.js"), *ROOT.glob("*.css")])


def test_all_scripts_and_styles_together_stay_under_60_kb_compressed() -> None:
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in FILES}
    assert sum(sizes.values()) < 60_000, sizes


def test_every_module_is_imported_by_its_own_name() -> None:
    for path in ROOT.glob("*.js"):
        for name in re.findall(r'from "([^"]+)"', path.read_text("utf-8")):
            assert name.startswith("./"), (path.name, name)
            assert (ROOT / name[2:]).exists(), (path.name, name)
