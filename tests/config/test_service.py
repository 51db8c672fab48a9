"""`manage.py service`: a unit or a task that says what `up` would be told."""

import configparser
import shlex
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.management import CommandError, call_command

TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


@pytest.fixture(autouse=True)
def data(settings: Any) -> None:
    settings.DATA_FOLDER = Path("/srv/my data")


def printed(*words: str, system: str) -> str:
    out = StringIO()
    call_command("service", "--", *words, system=system, stdout=out)
    return out.getvalue()


def unit(text: str) -> configparser.RawConfigParser:
    read = configparser.RawConfigParser()
    read.read_string(text)
    return read


def test_the_unit_starts_up_with_its_options() -> None:
    command = unit(printed("--feed", "binance", system="linux"))["Service"]["ExecStart"]
    assert shlex.split(command)[2:] == ["up", "--data", "/srv/my data", "--feed", "binance"]


def test_the_unit_does_not_try_again_what_cannot_start() -> None:
    assert unit(printed(system="linux"))["Service"]["RestartPreventExitStatus"] == "2"


def test_the_task_starts_up_with_its_options() -> None:
    task = ET.fromstring(printed("--feed", "binance", system="windows"))
    arguments = task.findtext(f".//{TASK}Arguments") or ""
    assert shlex.split(arguments)[1:] == ["up", "--data", "/srv/my data", "--feed", "binance"]


def test_the_task_may_run_forever() -> None:
    task = ET.fromstring(printed(system="windows"))
    assert task.findtext(f".//{TASK}ExecutionTimeLimit") == "PT0S"


def test_what_systemd_would_expand_is_refused() -> None:
    with pytest.raises(CommandError, match="systemd"):
        printed("--bot", "a%b", system="linux")
