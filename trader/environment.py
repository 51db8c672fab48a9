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
_NEEDED = "pydantic_settings"


def enter(module: str) -> None:
    """Return where the bot's packages are; else run `module` where they are, or say what to do."""
    if importlib.util.find_spec(_NEEDED) is not None:
        return
    if active():
        sys.exit(
            f"The active environment {sys.prefix} lacks what the bot needs. Install "
            f"requirements.txt into it (pip install --require-hashes -r requirements.txt), or "
            f"deactivate it and run python manage.py up, which makes one."
        )
    if not (ROOT / ".venv" / STAMP).exists():
        sys.exit(
            "The bot's packages are not installed yet: run python manage.py up once (or python "
            "manage.py doctor), which makes the environment .venv; then this again."
        )
    go_on([str(python_in(ROOT / ".venv")), "-m", module, *sys.argv[1:]])


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
