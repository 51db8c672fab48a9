"""The environment that `manage.py` makes, entered by whoever starts the bot without one active.

Standard library only, since nothing else may be there yet. Making it is `manage.py`'s alone.
"""

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
STAMP = "blotter-stamp"
"""In an environment of ours, written when it is whole."""
_NEEDED = ("apscheduler", "binance", "numpy", "pydantic_settings", "rich", "talib")


def enter(module: str) -> None:
    """Go on in the environment of ours where none is active; else return, or say what is missing.

    What the system's Python happens to have is never mixed with it.
    """
    own = ROOT / ".venv"
    if not active() and (own / STAMP).exists():
        go_on([str(python_in(own)), "-m", module, *sys.argv[1:]])
    if all(importlib.util.find_spec(name) is not None for name in _NEEDED):
        return
    if active():
        sys.exit(
            f"The active environment {sys.prefix} lacks what the bot needs. Install "
            f"requirements.txt into it (pip install --require-hashes -r requirements.txt), or "
            f"deactivate it and run python manage.py up, which makes one."
        )
    sys.exit(
        "The bot's packages are not installed yet: run python manage.py up once (or python "
        "manage.py doctor), which makes the environment .venv; then this again."
    )


def active() -> bool:
    """Whether somebody has an environment active, which is used and never changed."""
    return sys.prefix != sys.base_prefix or "CONDA_PREFIX" in os.environ


def python_in(folder: Path) -> Path:
    """The interpreter of the environment there."""
    if os.name == "nt":
        return folder / "Scripts" / "python.exe"
    return folder / "bin" / "python"


def go_on(command: list[str]) -> NoReturn:
    """This process becomes that one, as far as the system lets it."""
    if os.name != "nt":
        os.execv(command[0], command)
    # exec on Windows starts a second process and ends this one: the console would not wait.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(subprocess.run(command).returncode)
