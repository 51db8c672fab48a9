"""Where logs come from: files, folders, patterns, .gz and .zip, all of it bounded."""

from __future__ import annotations

import glob
import gzip
import hashlib
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

READABLE = {
    ".csv", ".tsv", ".txt", ".log", ".json", ".jsonl", ".ndjson",
    ".sqlite", ".sqlite3", ".db", ".gz", ".zip",
}  # fmt: skip
"""What is picked up from a folder. A file named outright is read whatever its name."""

_NOT_WITHIN = {".zip", ".sqlite", ".sqlite3", ".db"}
"""What is told of an archive's members, and not read."""
MAX_BYTES = 8 * 1024**3
MAX_MEMBERS = 2_000
MAX_RATIO = 300
RATIO_FLOOR = 64 * 1024**2
"""Compression above MAX_RATIO is a bomb once more than RATIO_FLOOR bytes came out."""
_TURNED_OVER = re.compile(r"[.-]\d[\d._-]*$")
"""What rotation puts behind a log's name: trades.csv.1, trades.csv.2024-05-01."""
SQLITE_MAGIC = b"SQLite format 3\x00"


class BadSource(Exception):
    """A path that cannot be read as it stands; the text says which, why and what to do."""


class Bounded:
    """A reader that refuses to unpack without end. Wraps the stream of a packed file."""

    def __init__(self, raw: BinaryIO, packed: int, label: str) -> None:
        self._raw, self._packed, self._label, self._read = raw, max(packed, 1), label, 0

    def read(self, size: int) -> bytes:
        try:
            data = self._raw.read(size)
        except (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
            raise BadSource(
                f"{self._label}: damaged archive ({error}); unpack it by hand"
            ) from None
        self._read += len(data)
        if self._read > MAX_BYTES or (
            self._read > RATIO_FLOOR and self._read > self._packed * MAX_RATIO
        ):
            raise BadSource(
                f"{self._label}: {self._read:,} bytes from {self._packed:,} packed "
                f"ones and no end; "
                "this is no log. Unpack it by hand if you trust it"
            )
        return data


Reader = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to read. `label` names it in reports; `named` when given outright."""

    label: str
    path: Path
    member: str | None = None
    packing: str = ""
    named: bool = True

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A `read(size)` over the unpacked bytes. Raises BadSource."""
        try:
            packed = self.path.stat().st_size
            if self.packing == "gz":
                with gzip.open(self.path, "rb") as stream:
                    yield Bounded(cast("BinaryIO", stream), packed, self.label).read
            elif self.packing == "zip" and self.member is not None:
                with self._in_archive(self.member) as read:
                    yield read
            else:
                with self.path.open("rb") as plain:
                    yield Bounded(plain, max(packed, MAX_BYTES // MAX_RATIO), self.label).read
        except OSError as error:
            raise BadSource(f"{self.label}: cannot be read ({error.strerror or error})") from None
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise BadSource(f"{self.label}: damaged archive ({error}); unpack it by hand") from None

    @contextmanager
    def _in_archive(self, member: str) -> Iterator[Reader]:
        with zipfile.ZipFile(self.path) as archive:
            info = archive.getinfo(member)
            if info.flag_bits & 1:
                raise BadSource(f"{self.label}: encrypted; unpack it by hand")
            with archive.open(info) as inside:
                stream = cast("BinaryIO", inside)
                if _suffix(member) == ".gz":
                    stream = cast("BinaryIO", gzip.GzipFile(fileobj=inside))
                yield Bounded(stream, info.compress_size, self.label).read

    def unread(self) -> str:
        """Why nothing can be read of it however it is asked for; else ""."""
        if self.packing == "zip" and _suffix(str(self.member)) in _NOT_WITHIN:
            return "an archive or a database within an archive; unpack it to have it read"
        return ""

    def size(self) -> int:
        """Bytes to expect, for progress only; 0 where unknown."""
        return self.path.stat().st_size if not self.packing else 0

    def sha256(self, size: int = 0) -> str:
        """The hash of the unpacked bytes, of the first `size` where that is not 0; hex."""
        digest, done = hashlib.sha256(), 0
        with self.reading() as read:
            while block := read(min(1 << 18, size - done) if size else 1 << 18):
                digest.update(block)
                done += len(block)
        return digest.hexdigest()

    def is_sqlite(self) -> bool:
        """True for a plain SQLite database file."""
        if self.packing:
            return False
        with self.reading() as read:
            return read(16) == SQLITE_MAGIC


def find(paths: Sequence[str | Path]) -> list[Source]:
    """The sources behind files, folders and patterns, in a stable order, each once.

    Raises BadSource where a path names nothing.
    """
    found: list[Source] = []
    for given in paths:
        text = str(given)
        if not text:
            raise BadSource("'': no path; a variable that is not set, perhaps")
        path = Path(text)
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and _is_readable(p))
            if not inside:
                raise BadSource(
                    f"{text}: no .csv, .txt, .log, .json, .sqlite, .gz or .zip in this folder"
                )
            for each in inside:
                found += _unpack(each, named=False)
        elif path.is_file():
            found += _unpack(path, named=True)
        elif path.exists():
            raise BadSource(f"{text}: a pipe or a device, no file; save it to a file first")
        elif glob.has_magic(text):
            matches = sorted(Path(match) for match in glob.glob(text, recursive=True))  # noqa: PTH207
            if not any(match.is_file() for match in matches):
                raise BadSource(f"{text}: no file matches this pattern")
            for each in matches:
                if each.is_file():
                    found += _unpack(each, named=False)
        else:
            raise BadSource(f"{text}: no such file or folder")
    unique: dict[tuple[Path, str | None], Source] = {}
    for source in found:
        unique.setdefault((source.path.resolve(), source.member), source)
    return list(unique.values())


def _is_readable(path: Path) -> bool:
    return _suffix(path.name) in READABLE and not path.name.startswith(".")


def _suffix(name: str) -> str:
    """What kind of file a name speaks of, whatever a rotation put behind it."""
    return Path(_TURNED_OVER.sub("", name)).suffix.lower()


def _unpack(path: Path, *, named: bool) -> list[Source]:
    suffix = path.suffix.lower()
    # A name may hold bytes that are no text; a report is text.
    label = str(path).encode("utf-8", "backslashreplace").decode()
    if suffix == ".gz":
        return [Source(label, path, packing="gz", named=named)]
    if suffix != ".zip":
        return [Source(label, path, named=named)]
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise BadSource(
            f"{label}: not a readable zip archive ({error}); unpack it by hand"
        ) from None
    if len(infos) > MAX_MEMBERS:
        raise BadSource(
            f"{label}: {len(infos):,} files in one archive, over the {MAX_MEMBERS:,} read here"
        )
    # Members are read in place and never written out, so a name such as ../../x leads nowhere.
    members = [
        Source(f"{label}!{info.filename}", path, info.filename, "zip", named=False)
        for info in sorted(infos, key=lambda info: info.filename)
        if _suffix(info.filename) in READABLE
        and not Path(info.filename).name.startswith(".")
        and not info.filename.startswith("__MACOSX")
    ]
    if named and not members:
        raise BadSource(f"{label}: no .csv, .txt, .log, .json, .jsonl or .gz in this archive")
    return members
