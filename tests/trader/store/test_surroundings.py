"""Network drives and synced folders are refused at a start."""

from collections.abc import Callable
from pathlib import Path

import pytest

from trader.store import Recorder, StreamUnusable
from trader.store.surroundings import (
    NETWORK_TYPES,
    filesystem_type,
    parse_mac_mount,
    parse_mountinfo,
    synced_by,
)


@pytest.mark.parametrize("name", ["Dropbox", "OneDrive - Me", "Google Drive", "Nextcloud"])
def test_a_synced_folder_is_refused_by_its_name(
    record: Callable[..., Recorder], tmp_path: Path, name: str
) -> None:
    with pytest.raises(StreamUnusable, match="synced folder"):
        record(folder=tmp_path / name / "bot" / "db")


def test_a_synced_folder_is_refused_by_its_marker(
    record: Callable[..., Recorder], tmp_path: Path
) -> None:
    (tmp_path / ".stfolder").mkdir()
    with pytest.raises(StreamUnusable, match="stfolder"):
        record(folder=tmp_path / "db")


def test_an_ordinary_folder_is_not_synced(tmp_path: Path) -> None:
    assert synced_by(tmp_path) is None


def test_this_disk_is_no_network_drive(tmp_path: Path) -> None:
    assert filesystem_type(tmp_path.resolve()) not in NETWORK_TYPES


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "9p", "fuse.sshfs"])
def test_network_drives_are_known_by_their_type(kind: str) -> None:
    line = rf"36 35 98:0 / /mnt/my\040disk rw,noatime master:1 - {kind} server:/x rw"
    assert parse_mountinfo(line) == ("/mnt/my disk", kind)
    assert kind in NETWORK_TYPES


def test_macs_mounts_are_read() -> None:
    line = "//me@server/share on /Volumes/my share (smbfs, nodev, nosuid, mounted by me)"
    assert parse_mac_mount(line) == ("/Volumes/my share", "smbfs")
