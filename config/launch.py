"""From the command line to Django or pytest, once the environment is right."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from config.environment import ROOT


def with_data_folder(argv: Sequence[str]) -> list[str]:
    """`argv` without ``--data DIR``, which becomes BLOTTER_DB: settings are read but once."""
    rest: list[str] = []
    given = iter(argv)
    for argument in given:
        if argument == "--data":
            _use(next(given, ""))
        elif argument.startswith("--data="):
            _use(argument.removeprefix("--data="))
        else:
            rest.append(argument)
    return rest


def run_command(argv: Sequence[str]) -> int:
    """One of Django's or Blotter's management commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    fault = unwritable(Path(os.environ.get("BLOTTER_DB", "") or ROOT / "db"))
    if fault is not None:
        print(fault, file=sys.stderr)
        return 1
    if list(argv[1:2]) == ["import_csv"]:
        # It needs none of Django's apps, which take a second and 50 MB to import.
        from dashboard.management.commands.import_csv import Command

        Command().run_from_argv(list(argv))
        return 0
    from django.core.management import execute_from_command_line

    execute_from_command_line(list(argv))
    return 0


def run_tests(options: Sequence[str]) -> int:
    """The whole suite, or what pytest's own options make of it."""
    import pytest

    os.chdir(ROOT)
    with _data_of_its_own():
        return int(pytest.main(list(options)))


def run_checks(names: Sequence[str]) -> int:
    """ruff, mypy, the walls and Django's own checks; or those with one of `names` in theirs."""
    from tests.check import main

    with _data_of_its_own():
        return main(names)


@contextmanager
def _data_of_its_own() -> Iterator[None]:
    """An empty data folder for the while: tests and checks never come near a user's."""
    with TemporaryDirectory(prefix="blotter-", ignore_cleanup_errors=True) as folder:
        os.environ["BLOTTER_DB"] = folder
        yield


def unwritable(folder: Path) -> str | None:
    """Why the data folder cannot be written to, in one sentence; None where it can."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return (
            f"The data folder {folder} cannot be written to ({error.strerror}): correct its "
            f"permissions or name another with --data."
        )
    return None


def _use(folder: str) -> None:
    if not folder:
        sys.exit("--data needs a folder, as in --data mydata.")
    os.environ["BLOTTER_DB"] = str(Path(folder).expanduser().resolve())
