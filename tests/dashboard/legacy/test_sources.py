"""Files, folders, patterns, .gz and .zip; bounded."""

import gzip
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

from dashboard.legacy import sources
from dashboard.legacy.batch import ImportRefused, Options, read_all
from dashboard.legacy.times import timezone_named

from .reading import NOW
from .test_damage import LOG, ROWS


def _trades(*paths: str | Path) -> int:
    report = read_all(list(paths), Options(timezone_named("UTC"), "", NOW))
    return sum(file.trades for file in report.files)


def test_a_gz(tmp_path: Path) -> None:
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(LOG.encode()))
    assert _trades(tmp_path / "log.csv.gz") == 4


def test_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        archive.writestr("a/log.csv", LOG)
        archive.writestr("readme.md", "no log")
    assert _trades(tmp_path / "logs.zip") == 4


def test_a_folder_takes_logs_and_leaves_the_rest(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "notes.txt").write_text("Dear diary, nothing\n" * 9)
    (tmp_path / "image.png").write_bytes(b"\x89PNG")
    assert _trades(tmp_path) == 4


def test_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "log1.csv").write_text(LOG)
    assert _trades(str(tmp_path / "log*.csv")) == 4


def test_the_same_file_under_two_names_adds_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(LOG)
    (tmp_path / "b.csv").write_text(LOG)
    assert _trades(tmp_path) == 4


def test_a_member_that_points_outside_writes_nothing(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    with zipfile.ZipFile(inside / "logs.zip", "w") as archive:
        archive.writestr("../../evil.csv", LOG)
    assert _trades(inside / "logs.zip") == 4
    assert not list(tmp_path.rglob("evil.csv"))


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "RATIO_FLOOR", 100_000)
    monkeypatch.setattr(sources, "MAX_RATIO", 20)
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress((LOG + ROWS[0] * 4_000).encode()))
    with pytest.raises(ImportRefused, match="this is no log"):
        _trades(tmp_path / "bomb.csv.gz")


def test_a_damaged_archive_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress(LOG.encode())[:-20])
    with pytest.raises(ImportRefused, match="damaged"):
        _trades(tmp_path / "log.csv.gz")


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="no such file"):
        _trades(tmp_path / "nowhere.csv")


def test_a_line_without_end_is_cut_and_refused(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG + "x" * 3_000_000 + "\n")
    report = read_all([tmp_path / "log.csv"], Options(timezone_named("UTC"), "", NOW))
    assert report.files[0].trades == 4


def test_json_lines_are_found_in_a_folder(tmp_path: Path) -> None:
    names = LOG.splitlines()[0].split(",")
    objects = [dict(zip(names, row.strip().split(","), strict=True)) for row in ROWS]
    (tmp_path / "trades.jsonl").write_text("\n".join(map(json.dumps, objects)) + "\n")
    assert _trades(tmp_path) == 4


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log.csv")
    with pytest.raises(ImportRefused, match="no file"):
        _trades(tmp_path / "log.csv")


def test_an_archive_without_a_log_says_so(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        archive.writestr("readme.md", "no log")
    with pytest.raises(ImportRefused, match="in this archive"):
        _trades(tmp_path / "logs.zip")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are text here")
def test_a_name_that_is_no_text_is_named_in_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.csv"))
    path.write_text(LOG)
    report = read_all([path], Options(timezone_named("UTC"), "", NOW))
    assert report.files[0].path.endswith("\\udcff.csv")


def test_a_packed_log_in_an_archive_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        archive.writestr("trades.csv.1.gz", gzip.compress(LOG.encode()))
    assert _trades(tmp_path / "logs.zip") == 4


def test_an_archive_in_an_archive_is_told_and_not_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        archive.writestr("log.csv", LOG)
        archive.writestr("older.zip", b"PK")
    report = read_all([tmp_path / "logs.zip"], Options(timezone_named("UTC"), "", NOW))
    assert [path for path, _ in report.skipped] == [f"{tmp_path / 'logs.zip'}!older.zip"]


def test_a_file_of_a_folder_that_is_no_log_is_told(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "notes.txt").write_text("Dear diary, nothing\n" * 9)
    report = read_all([tmp_path], Options(timezone_named("UTC"), "", NOW))
    assert [each["path"] for each in report.to_json()["skipped"]] == [str(tmp_path / "notes.txt")]


def test_no_path_is_not_the_folder_one_stands_in() -> None:
    with pytest.raises(ImportRefused, match="no path"):
        _trades("")


def test_a_damaged_lzma_archive_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("log.csv", LOG * 9)
    whole = bytearray(path.read_bytes())
    whole[50:90] = bytes(40)
    path.write_bytes(whole)
    with pytest.raises(ImportRefused, match="damaged"):
        _trades(path)
