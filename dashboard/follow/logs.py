"""The logs that are followed: which files they are, what is new in each, which have ended."""

from __future__ import annotations

import glob
import os
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboard.legacy.batch import Options, context_of
from dashboard.legacy.sinks import Known
from dashboard.legacy.times import TimezoneNeeded

from .growing import Log, Look, TextLog, log_of
from .reading import CHUNK, Place, Unsteady, copied, new_bytes, reading, renamed

DAY_NS = 86_400 * 10**9
MISSED = 3
"""A file is gone when it was not there so many steps in a row: replacing one can take a moment."""
SKIPPED = {".gz", ".zip", ".sqlite", ".sqlite3", ".db", ".tmp", ".swp", ".part"}


@dataclass(slots=True)
class Followed:
    """One file. `log` is None while it sleeps: read to its end, nothing in it undecided."""

    path: Path
    place: Place = field(default_factory=Place)
    log: Log | None = None
    ignored: bool = False
    missed: int = 0
    undecided: int = 0
    listed: int = 0
    """When it was last changed as its folder was last listed: what is turned over after that is
    no older, so a later run knows by this what it may have missed."""
    was: Path | None = None
    """Under which name it was followed, where it has another by now."""


@dataclass(slots=True)
class News:
    """A file that says something new, with what it says; `ended` when it is its last word."""

    file: Followed
    log: Log
    look: Look
    ended: bool
    partial: bool = False
    """More of the file follows at once."""


Progress = Callable[[str, int, int], None]
"""Path, bytes read, bytes there are."""


class Logs:
    """Every file that the patterns name, now or later.

    `refresh` brings `known` up to date. `step` yields what is new; a file's verdicts must be
    recorded before the next is asked for.
    """

    def __init__(
        self,
        patterns: Sequence[str],
        options: Callable[[], Options],
        known: Known,
        *,
        refresh: Callable[[], None] = lambda: None,
        progress: Progress = lambda *_: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._patterns, self._options, self._known = patterns, options, known
        self._refresh, self._progress, self._stopped = refresh, progress, stopped
        self._files: dict[Path, Followed] = {}
        self._old: dict[Path, set[Path]] = {}
        self._since: dict[Path, int] = {}
        self.trouble: dict[str, str] = {}
        """What is wrong with a file now, a sentence each."""
        self.zone_needed = ""
        """A file whose times carry no zone where none was given, and such a time."""

    def resume(self, advances: Mapping[str, Mapping[str, Any]]) -> None:
        """What an earlier run noted: where another file stands at a path now, it was rotated."""
        for name, told in advances.items():
            self._since[Path(name)] = int(told.get("listed", 0))
            if told.get("ended", True):
                continue
            place = Place(
                device=int(told["device"]),
                inode=int(told["inode"]),
                offset=int(told["offset"]),
                told=str(told["sha256"]),
            )
            self._files.setdefault(Path(name), Followed(Path(name), place))

    def step(self) -> Iterator[News]:
        """What has changed since the last step, file by file."""
        there = self._there()
        for path in there:
            self._files.setdefault(path, Followed(path))
        self._take_rotated()
        newest = self._newest(there)
        for file in sorted(self._files.values(), key=_age):
            if self._stopped():
                return
            try:
                yield from self._look_at(file, idle=file.path not in newest)
                self.trouble.pop(str(file.path), None)
            except Unsteady:
                continue  # it is read at the next step
            except TimezoneNeeded as error:
                file.log, file.ignored = None, True
                self.zone_needed = (
                    f"{file.path}: times such as {str(error)!r} carry no time zone; say which one"
                    " they are in with --timezone, for example --timezone Asia/Seoul"
                )
                self.trouble[str(file.path)] = self.zone_needed
            except OSError as error:
                self.trouble[str(file.path)] = (
                    f"{file.path} cannot be read now ({error.strerror or error})"
                )

    def _there(self) -> list[Path]:
        found = [
            Path(name)
            for pattern in self._patterns
            for name in glob.glob(pattern, recursive=True)  # noqa: PTH207
        ]
        return [path for path in dict.fromkeys(found) if path.is_file() and not _skipped(path)]

    def _take_rotated(self) -> None:
        """Follow what appears beside a log under its name and more: trades.csv.1.

        A log may be turned over twice between two looks, or copied and cut off so that nothing
        in itself shows it. What was there before a log was first followed is left alone.
        """
        for path, file in self._files.items():
            file.listed = _changed(path) or file.listed  # before the folders are listed
        folders: dict[Path, list[str]] = {}
        for path in list(self._files):
            names = folders.get(path.parent)
            if names is None:
                names = folders[path.parent] = _names_in(path.parent)
            older = {path.with_name(name) for name in _longer(names, path.name)}
            if path not in self._old:
                since = self._since.get(path)
                self._old[path] = {
                    other for other in older if since is None or _changed(other) < since
                }
            for other in older - self._old[path]:
                self._old.setdefault(other, set())
                self._files.setdefault(other, Followed(other))

    def _newest(self, there: list[Path]) -> set[Path]:
        """The files a bot may still write to: the newest, and all of the last day."""
        times = {path: _changed(path) for path in there}
        latest = max(times.values(), default=0)
        return {path for path, time in times.items() if time > latest - DAY_NS}

    def _look_at(self, file: Followed, *, idle: bool) -> Iterator[News]:
        try:
            stat = file.path.stat()
        except FileNotFoundError:
            file.missed += 1
            yield from self._moved_on(file, gone=file.missed >= MISSED)
            return
        file.missed = 0
        if file.place.unchanged(stat):
            if idle and file.log is not None:
                yield from self._end(file)
            return
        if file.ignored:
            return
        if file.place.offset and not self._same(file):
            path = file.path
            yield from self._moved_on(file, gone=True)
            another = self._files.setdefault(path, Followed(path, listed=file.listed))
            yield from self._look_at(another, idle=idle)
            return
        yield from self._grown(file)
        if idle and file.log is not None:
            yield from self._end(file)

    def _same(self, file: Followed) -> bool:
        """Whether the path still holds the file, longer perhaps, or a new one that begins alike."""
        place = file.place
        with reading(file.path) as stream:
            stat = file.path.stat()
            if stat.st_size < place.offset:
                return False
            if place.is_file(stat):
                return place.goes_on(stream)
            # Before a new file that begins alike is taken for the old one written anew, the
            # old one must not be there under another name, with more in it.
            return renamed(place, _beside(file.path)) is None and place.begins(stream)

    def _moved_on(self, file: Followed, *, gone: bool) -> Iterator[News]:
        """The path holds another file or none: read what is left of the old one, and end it."""
        beside = _beside(file.path)
        moved = renamed(file.place, beside) or copied(file.place, beside)
        if moved is None and not gone:
            return
        self._files.pop(file.path, None)
        if moved is not None:
            taken = self._files.get(moved)
            if taken is not None and taken.log is not None:
                return  # followed under its new name already, from its start
            self._files.pop(moved, None)
            file.was, file.path = file.path, moved
            if not file.place.is_file(moved.stat()):
                # A copy: what we hold came from the file that was cut off, byte for byte.
                file.place.seen(moved.stat())
            self._files[moved] = file
            yield from self._grown(file)
        if file.log is not None:
            yield from self._end(file)

    def _grown(self, file: Followed) -> Iterator[News]:
        if file.log is None and file.place.offset:
            file.place = Place()  # it slept: its past is read again, and known
        self._refresh()
        fresh = False
        for data in new_bytes(file.path, file.place):
            if file.log is None:
                file.log = log_of(
                    file.path.name, data, context_of(file.path.name, self._options()), self._known
                )
            file.log.add(data, self._options().now)
            fresh = True
            if len(data) == CHUNK:  # a long file is told in parts, else it is held whole
                yield News(file, file.log, file.log.decided(), ended=False, partial=True)
            self._progress(str(file.path), file.place.offset, file.path.stat().st_size)
            if isinstance(file.log, TextLog) and file.log.hopeless():
                file.log, file.ignored = None, True
                self.trouble[str(file.path)] = f"{file.path} is no trading log, and is left alone"
                return
            if self._stopped():
                break
        if fresh and file.log is not None:
            look = file.log.look()
            yield News(file, file.log, look, ended=False)

    def _end(self, file: Followed) -> Iterator[News]:
        assert file.log is not None
        log, file.log = file.log, None
        yield News(file, log, log.end(), ended=True)


def _beside(path: Path) -> list[Path]:
    """The other files of its folder."""
    there = (other for other in path.parent.glob("*") if other != path)
    return sorted(other for other in there if other.is_file() and not _skipped(other))


def _names_in(folder: Path) -> list[str]:
    """The names of a folder's files, sorted; none where it is not there."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_file())
    except OSError:
        return []


def _longer(names: list[str], name: str) -> Iterator[str]:
    """Those of the sorted names that begin with this one and go on."""
    for at in range(bisect_right(names, name), len(names)):
        if not names[at].startswith(name):
            return
        if not _skipped(Path(names[at])):
            yield names[at]


def _skipped(path: Path) -> bool:
    return path.suffix.lower() in SKIPPED or path.name.startswith((".", "~"))


def _age(file: Followed) -> tuple[int, str]:
    return _changed(file.path), str(file.path)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
