"""Where a stream's files are, and making the folders that hold them."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from .errors import StreamUnusable
from .files import sync_folder

FOLDER_VARIABLE = "BLOTTER_DB"
SUFFIX = ".sqlite3"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_WINDOWS_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


@dataclass(frozen=True, slots=True)
class StreamPaths:
    """The files of one stream, in the folder `events` of a data folder."""

    stream: str
    events: Path

    @property
    def database(self) -> Path:
        return self.events / f"{self.stream}{SUFFIX}"

    @property
    def spool(self) -> Path:
        return self.events / f"{self.stream}.spool"

    @property
    def lock(self) -> Path:
        return self.events / f"{self.stream}.lock"

    @property
    def head(self) -> Path:
        """The head once more, to notice a lost tail."""
        return self.events / f"{self.stream}.head"

    @property
    def covered(self) -> Path:
        """Up to which event a verified backup exists."""
        return self.events / f"{self.stream}.covered"

    @property
    def quarantine(self) -> Path:
        return self.events / "quarantine"

    @property
    def backups(self) -> Path:
        return self.events.parent / "backups"


def data_folder(folder: str | Path | None = None) -> Path:
    """The data folder: as given, else $BLOTTER_DB, else "db" in the current folder."""
    return Path(folder if folder is not None else os.environ.get(FOLDER_VARIABLE) or "db")


def stream_paths(stream: str, folder: str | Path | None = None) -> StreamPaths:
    """Paths of a stream; ValueError for a name that cannot be a file's on every system."""
    if not valid_name(stream):
        raise ValueError(
            f"{stream!r} cannot name a stream: use 1 to 100 letters, digits, dots, dashes and"
            " underscores, beginning with a letter or digit and not ending with a dot"
        )
    return StreamPaths(stream, data_folder(folder).absolute() / "events")


def valid_name(stream: str) -> bool:
    """Whether a stream may have this name."""
    return bool(
        isinstance(stream, str)
        and _NAME.fullmatch(stream)
        and not stream.endswith(".")
        and not _WINDOWS_DEVICE.fullmatch(stream)
    )


def streams(folder: str | Path | None = None) -> list[str]:
    """Names of the streams in a data folder, sorted; empty where there is none."""
    try:
        names = [path.name for path in (data_folder(folder) / "events").iterdir()]
    except FileNotFoundError:
        return []
    found = (name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX))
    return sorted(stream for stream in found if valid_name(stream))


def private_folder(path: Path) -> None:
    """Make a folder that only its owner enters; tighten one that others could."""
    try:
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in reversed(missing):
            sync_folder(folder.parent)  # or a power cut forgets the folder with all it holds
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o700)
    except OSError as error:
        raise StreamUnusable(
            f"the folder {path} cannot be used ({error.strerror}):"
            " name another data folder or correct its owner and permissions"
        ) from error
