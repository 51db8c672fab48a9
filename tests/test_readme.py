"""The README's bot, run as it stands."""

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from config.environment import ROOT
from trader.store import Reader

README = (ROOT / "README.md").read_text(encoding="utf-8")


def example() -> str:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    return str(code)


def test_the_example_records_a_snapshot_and_a_trade(tmp_path: Path) -> None:
    # blotter_recorder is trader/store under the name it is installed as.
    code = example().replace("from blotter_recorder", "from trader.store")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    recorded = Reader("mybot", folder=tmp_path / "db").read()
    assert [event.kind for event in recorded] == ["state.snapshot", "trade.closed"]
    assert Decimal(recorded[1].body["net_pnl"]) == Decimal("7.507")


def test_the_example_is_honest_arithmetic() -> None:
    gross = (Decimal("68900.1") - Decimal("68012.4")) * Decimal("0.01")
    assert gross - Decimal("1.37") == Decimal("7.507")


def test_the_two_commands_are_there_word_for_word() -> None:
    assert "python manage.py up\npython manage.py test\n" in README
