import os
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.secret import secret_key


def test_the_key_is_made_once_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert secret_key(folder) == secret_key(folder)


def test_two_installations_have_different_keys(tmp_path: Path) -> None:
    assert secret_key(tmp_path / "one") != secret_key(tmp_path / "two")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no permission bits")
def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    secret_key(folder)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / "secret_key")]
    assert modes == [0o700, 0o600]


def test_a_key_cut_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("abc", encoding="ascii")
    with pytest.raises(ImproperlyConfigured, match="holds 3 characters, expected 64"):
        secret_key(tmp_path)


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(ImproperlyConfigured, match="BLOTTER_DB"):
        secret_key(tmp_path / "file" / "data")
