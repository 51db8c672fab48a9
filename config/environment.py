"""The Python environment a command runs in: made on a fresh clone, checked where one is active.

Standard library only, since nothing else is installed yet. An environment of ours carries a stamp
(a hash of what was to be installed), written last, so that one made half is made anew. Whoever has
an environment active keeps it: it is looked at and never changed.
"""

import hashlib
import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from trader.environment import STAMP, active, go_on, python_in

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

ROOT = Path(__file__).resolve().parent.parent


class EnvironmentTrouble(Exception):
    """The environment cannot be made or used; one sentence says why and what to do."""


@dataclass(frozen=True)
class Needed:
    """What an environment must hold: a locked list to install, and the names asked for in it."""

    folder: Path
    locked: Path
    asked: Path

    def stamp(self) -> str:
        version = f"Python {sys.version_info.major}.{sys.version_info.minor}\n"
        return hashlib.sha256(version.encode() + self.locked.read_bytes()).hexdigest()

    @property
    def python(self) -> Path:
        return python_in(self.folder)

    def ready(self) -> bool:
        try:
            return (self.folder / STAMP).read_text(encoding="ascii") == self.stamp()
        except OSError:
            return False


RUNTIME = Needed(ROOT / ".venv", ROOT / "requirements.txt", ROOT / "requirements.in")
DEVELOPMENT = Needed(
    ROOT / ".venv-test", ROOT / "requirements-dev.txt", ROOT / "requirements-dev.in"
)


def enter(needed: Needed, argv: Sequence[str]) -> None:
    """Return where this process has what is needed; else go on in an environment that has.

    Ends the process with one sentence where no such environment can be had.
    """
    try:
        if _ours() is None and active():
            _check_active(needed)
            return
        if any(_ours() == each.folder and each.ready() for each in (needed, DEVELOPMENT)):
            return
        if not needed.ready():
            with _making(needed):
                if not needed.ready():
                    _make(needed)
    except EnvironmentTrouble as trouble:
        sys.exit(str(trouble))
    go_on([str(needed.python), *argv])


def _ours() -> Path | None:
    """Which of our own environments this process runs in."""
    prefix = Path(sys.prefix).resolve()
    return next((each.folder for each in (RUNTIME, DEVELOPMENT) if each.folder == prefix), None)


def _check_active(needed: Needed) -> None:
    missing = [each for each in _asked(needed.asked) if not _installed(each)]
    if missing:
        raise EnvironmentTrouble(
            f"The active environment {sys.prefix} lacks {', '.join(missing)}. Install "
            f"{needed.locked.name} into it (pip install --require-hashes -r {needed.locked.name}), "
            f"or deactivate it and Blotter makes one of its own."
        )


def _asked(path: Path) -> Iterator[str]:
    """The names in a requirements file, those it includes first."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            yield from _asked(path.parent / line[3:].strip())
        elif match := re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line):
            yield match[0]


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


@contextmanager
def _making(needed: Needed) -> Iterator[None]:
    """One process makes the environment; another waits until it has, or has died of it."""
    path = needed.folder.with_name(needed.folder.name + ".lock")
    try:
        lock = path.open("ab")
    except OSError as error:
        raise EnvironmentTrouble(
            f"{needed.folder} cannot be made ({error.strerror}): the folder {ROOT} must be "
            f"writable for the first start."
        ) from error
    with lock:  # closing it gives the lock up, as the system does when the process dies
        _wait_for_lock(lock.fileno())
        yield


if sys.platform == "win32":

    def _wait_for_lock(descriptor: int) -> None:
        while True:
            with suppress(OSError):  # it gives up after ten seconds
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
                return

else:

    def _wait_for_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _make(needed: Needed) -> None:
    """A fresh environment with exactly the locked packages, each checked against its hash."""
    count = len(re.findall(r"^\S+==", needed.locked.read_text(encoding="utf-8"), re.MULTILINE))
    print(
        f"First start: making {needed.folder.name} and installing {count} pinned packages "
        f"(about a minute) ...",
        file=sys.stderr,
        flush=True,
    )
    base = getattr(sys, "_base_executable", None) or sys.executable
    # As a probe it tells a missing ensurepip from any other trouble, before anything is written.
    if subprocess.run([base, "-c", "import venv, ensurepip"], capture_output=True).returncode:
        raise EnvironmentTrouble(
            f"{base} cannot make environments: its venv or ensurepip module is missing. On Debian "
            f"and Ubuntu: apt install python3-venv."
        )
    _run([base, "-m", "venv", "--clear", str(needed.folder)], "The environment was not made")
    _run(
        [
            *(str(needed.python), "-m", "pip", "install", "--disable-pip-version-check"),
            # Uncompiled: most of it is never imported, and compiling takes half the time.
            *("--quiet", "--no-compile", "--require-hashes", "-r", str(needed.locked)),
        ],
        "The packages were not installed (is the network there?)",
    )
    (needed.folder / STAMP).write_text(needed.stamp(), encoding="ascii")


def _run(command: list[str], failure: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise EnvironmentTrouble(f"{failure}: {said}")
