"""A disk as a trace of system calls left it when the power went.

What was written is on the disk for certain once its file was synced after it; a name once
its folder was. Of everything else any subset of sectors and names may be there.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512

_LINE = re.compile(r"(\d+) +(.*)")
_RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)")
_CALL = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)(.*)", re.DOTALL)
_QUOTED = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"^(\d+)(?:<((?:\\x[0-9a-f]{2}|[^>])*)>)?")
_HEX = re.compile(r"\\x([0-9a-f]{2})")


@dataclass(frozen=True)
class Call:
    """A finished system call: the lines at which it began and ended, and what it said."""

    start: int
    end: int
    name: str
    arguments: str
    result: int

    def texts(self) -> list[bytes]:
        return [_unhex(text) for text in _QUOTED.findall(self.arguments)]

    def path(self) -> str:
        """The path of the descriptor the call is about."""
        found = _DESCRIPTOR.match(self.arguments)
        return _unhex(found[2] or "").decode() if found else ""

    def numbers(self) -> list[int]:
        return [int(part) for part in self.arguments.split(", ") if part.isdigit()]


def calls(trace: Path) -> list[Call]:
    """The calls of a trace of `strace -f -y -xx`, those that succeeded."""
    begun: dict[str, tuple[int, str]] = {}
    found: list[Call] = []
    for number, line in enumerate(trace.read_text().splitlines()):
        match = _LINE.match(line)
        if not match:
            continue
        thread, text = match.groups()
        start = number
        if text.endswith("<unfinished ...>"):
            begun[thread] = (number, text.removesuffix("<unfinished ...>").rstrip())
            continue
        if resumed := _RESUMED.match(text):
            start, before = begun.pop(thread)
            text = before + resumed[2]
        call = _CALL.match(text)
        if call and int(call[3]) >= 0:
            found.append(Call(start, number, call[1], call[2], int(call[3])))
    return found


def _unhex(text: str) -> bytes:
    return _HEX.sub(lambda match: chr(int(match[1], 16)), text).encode("latin-1")


@dataclass
class Write:
    offset: int
    data: bytes
    end: int
    truncate: bool = False


@dataclass
class File:
    """What is on the disk for certain, and what may be."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Write] = field(default_factory=list)

    def sync(self, start: int) -> None:
        """A sync that began at `start` covers what had been written by then."""
        for write in [write for write in self.pending if write.end <= start]:
            _apply(self.durable, write, 0, len(write.data))
            self.pending.remove(write)

    def after_cut(self, chance: random.Random, kept: float) -> bytes:
        """The content with any subset of the unsynced sectors."""
        content = bytearray(self.durable)
        for write in self.pending:
            if write.truncate:
                if chance.random() < kept:
                    _apply(content, write, 0, 0)
                continue
            for start, stop in _sectors(write):
                if chance.random() < kept:
                    _apply(content, write, start, stop)
        return bytes(content)


def _apply(content: bytearray, write: Write, start: int, stop: int) -> None:
    if write.truncate:
        if write.offset < len(content):
            del content[write.offset :]
        else:
            content.extend(bytes(write.offset - len(content)))
        return
    end = write.offset + stop
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[write.offset + start : end] = write.data[start:stop]


def _sectors(write: Write) -> Iterator[tuple[int, int]]:
    """The pieces of a write that lie in one sector each."""
    start = 0
    while start < len(write.data):
        stop = min(len(write.data), SECTOR - (write.offset + start) % SECTOR + start)
        yield start, stop
        start = stop


class Disk:
    """Follows a trace below one folder.

    Args:
        root: the folder; it is there for certain, with what is in it now.
        honest: False loses every sync, to show that the loss is then noticed.
    """

    def __init__(self, root: Path, *, honest: bool = True) -> None:
        self._root = str(root)
        self._honest = honest
        self._files: dict[int, File | None] = {}  # None is a folder
        self._names: dict[str, int] = {}
        self._durable_names: dict[str, int] = {}
        self._name_changes: list[tuple[int, str, int | None]] = []
        self._offsets: dict[str, int] = {}
        self.told: list[bytes] = []
        for path in sorted(root.rglob("*")):
            number = self._new(None if path.is_dir() else File(bytearray(path.read_bytes())))
            self._names[str(path)] = number
        self._durable_names = dict(self._names)

    def _new(self, file: File | None) -> int:
        self._files[len(self._files)] = file
        return len(self._files) - 1

    def apply(self, call: Call) -> None:
        """What a call changed."""
        name = {"fdatasync": "fsync", "pwrite64": "write", "creat": "openat", "open": "openat"}
        handler = getattr(self, f"_{name.get(call.name, call.name)}", None)
        if handler is not None:
            handler(call)

    def _openat(self, call: Call) -> None:
        path = call.texts()[0].decode()
        if not self._ours(path):
            return
        self._offsets[path] = 0
        if path not in self._names and "O_CREAT" in call.arguments:
            self._link(call, path, self._new(File()))
        elif "O_TRUNC" in call.arguments:
            self._file(path).pending.append(Write(0, b"", call.end, truncate=True))

    def _write(self, call: Call) -> None:
        path = call.path()
        if call.name == "write" and call.arguments.startswith("1<"):
            self.told.append(call.texts()[-1])
        if not self._ours(path) or path not in self._names:
            return
        data = call.texts()[-1][: call.result]
        offset = call.numbers()[-1] if call.name == "pwrite64" else self._offsets.get(path, 0)
        if call.name == "write":
            self._offsets[path] = offset + len(data)
        self._file(path).pending.append(Write(offset, data, call.end))

    def _lseek(self, call: Call) -> None:
        self._offsets[call.path()] = call.result

    def _ftruncate(self, call: Call) -> None:
        if self._ours(call.path()) and call.path() in self._names:
            size = call.numbers()[-1]
            self._file(call.path()).pending.append(Write(size, b"", call.end, truncate=True))

    def _fallocate(self, call: Call) -> None:
        if self._ours(call.path()):
            *_, offset, size = call.numbers()
            self._file(call.path()).pending.append(Write(offset, bytes(size), call.end))

    def _fsync(self, call: Call) -> None:
        path = call.path()
        if not self._honest or not self._ours(path):
            return
        if (number := self._names.get(path)) is not None and self._files[number] is not None:
            self._file(path).sync(call.start)
            return
        for change in [change for change in self._name_changes if change[0] <= call.start]:
            if str(Path(change[1]).parent) == path:
                self._change(self._durable_names, change)
                self._name_changes.remove(change)

    def _mkdir(self, call: Call) -> None:
        path = call.texts()[0].decode()
        if self._ours(path):
            self._link(call, path, self._new(None))

    def _unlink(self, call: Call) -> None:
        path = call.texts()[0].decode()
        if self._ours(path) and path in self._names:
            self._link(call, path, None)

    def _rename(self, call: Call) -> None:
        old, new = (text.decode() for text in call.texts())
        if self._ours(new) and old in self._names:
            self._link(call, new, self._names[old])
            self._link(call, old, None)

    def _link(self, call: Call, path: str, number: int | None) -> None:
        change = (call.end, path, number)
        self._change(self._names, change)
        self._name_changes.append(change)

    @staticmethod
    def _change(names: dict[str, int], change: tuple[int, str, int | None]) -> None:
        _, path, number = change
        if number is None:
            names.pop(path, None)
        else:
            names[path] = number

    def _ours(self, path: str) -> bool:
        # Shared memory is not read after a restart: SQLite makes it anew.
        return path.startswith(self._root) and not path.endswith("-shm")

    def _file(self, path: str) -> File:
        file = self._files[self._names[path]]
        assert file is not None
        return file

    def cut(self, target: Path, chance: random.Random) -> None:
        """Write the disk into a folder as the power cut left it."""
        kept = chance.choice([0.0, 0.1, 0.5, 0.9, 1.0])
        names = dict(self._durable_names)
        for change in self._name_changes:
            if chance.random() < kept:
                self._change(names, change)
        target.mkdir()
        lost: set[str] = set()
        for path in sorted(names):
            place = target / Path(path).relative_to(self._root)
            file = self._files[names[path]]
            if str(Path(path).parent) in lost or not place.parent.exists():
                lost.add(path)
            elif file is None:
                place.mkdir()
            else:
                place.write_bytes(file.after_cut(chance, kept))
