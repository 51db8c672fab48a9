"""Folders where no database can live: network drives, and folders that are synced.

Locks are not kept there, or a program copies files while they change. Both lose events
without a word, so a recorder refuses them while it is made.
"""

import ctypes
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePath

from .errors import StreamUnusable

NETWORK_TYPES = frozenset(
    {
        "9p",
        "acfs",
        "afpfs",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "drvfs",
        "fuse.davfs2",
        "fuse.gcsfuse",
        "fuse.glusterfs",
        "fuse.goofys",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
        "gfs2",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "prl_fs",
        "smb2",
        "smb3",
        "smbfs",
        "vboxsf",
        "vmhgfs",
        "webdav",
    }
)

_SYNCED_NAMES = ("dropbox", "onedrive", "google drive", "googledrive", "my drive", "icloud drive")
_SYNCED_EXACT = frozenset(
    {"mobile documents", "cloudstorage", "mega", "megasync", "pcloud drive"}
    | {"pclouddrive", "nextcloud", "owncloud", "seafile", "synologydrive", "yandex.disk"}
)
_SYNC_MARKERS = (".stfolder", ".dropbox", ".dropbox.cache", ".sync", ".owncloudsync.log")
_DRIVE_REMOTE = 4


def refuse_unsafe_folder(folder: Path) -> None:
    """Raise StreamUnusable for a folder that is known not to keep files safe."""
    resolved = folder.resolve()
    kind = filesystem_type(resolved)
    if kind in NETWORK_TYPES or (kind or "").startswith("fuse.rclone"):
        raise StreamUnusable(
            f"{folder} is on a network drive ({kind}), which does not keep the locks that"
            " protect a database: name a data folder on a disk of this machine"
        )
    sign = synced_by(resolved)
    if sign:
        raise StreamUnusable(
            f"{folder} lies in a synced folder ({sign}), whose program copies files while they"
            " change: name a data folder outside, and sync backups instead"
        )


def filesystem_type(folder: Path) -> str | None:
    """The type of the file system a folder is on, None where it cannot be told."""
    if sys.platform == "win32":
        remote = str(folder).startswith("\\\\") or (
            ctypes.windll.kernel32.GetDriveTypeW(folder.anchor) == _DRIVE_REMOTE
        )
        return "smbfs" if remote else None
    if sys.platform == "linux":
        return _deepest(folder, _linux_mounts())
    if sys.platform == "darwin":
        return _deepest(folder, _mac_mounts())
    return None


def synced_by(folder: Path) -> str | None:
    """What tells that a program syncs this folder, None if nothing does."""
    for parent in (folder, *folder.parents):
        name = parent.name.lower()
        if name.startswith(_SYNCED_NAMES) or name in _SYNCED_EXACT:
            return str(parent)
        for marker in _SYNC_MARKERS:
            if parent != Path.home() and (parent / marker).exists():
                return str(parent / marker)
    return None


def _deepest(folder: Path, mounts: Iterable[tuple[str, str]]) -> str | None:
    """The type of the mount that holds the folder; of two on one point the later."""
    best: tuple[int, str] | None = None
    for point, kind in mounts:
        if folder.is_relative_to(point):
            depth = len(PurePath(point).parts)
            if best is None or depth >= best[0]:
                best = depth, kind
    return best[1] if best else None


def _linux_mounts() -> list[tuple[str, str]]:
    try:
        lines = Path("/proc/self/mountinfo").read_text(errors="surrogateescape").splitlines()
    except OSError:
        return []
    return [parse_mountinfo(line) for line in lines if " - " in line]


def parse_mountinfo(line: str) -> tuple[str, str]:
    """(mount point, type) of a line of /proc/self/mountinfo."""
    before, _, after = line.partition(" - ")
    point = before.split(" ")[4]
    for escape, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(escape, character)
    return point, after.split(" ")[0]


def _mac_mounts() -> list[tuple[str, str]]:
    try:
        output = subprocess.run(
            ["/sbin/mount"], capture_output=True, text=True, timeout=5, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return [mount for line in output.splitlines() if (mount := parse_mac_mount(line))]


def parse_mac_mount(line: str) -> tuple[str, str] | None:
    """(mount point, type) of a line of macOS's mount, None for any other line."""
    device, on, rest = line.partition(" on ")
    point, bracket, options = rest.rpartition(" (")
    return (point, options.split(",")[0].rstrip(")")) if device and on and bracket else None
