"""Every test here has a data folder of its own, and no file of anybody else's."""

import shutil
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboard.projection import projector
from tests.dashboard.builder import History, three_versions


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> Path:
    """The data folder of this test."""
    settings.DATA_FOLDER = tmp_path
    return tmp_path


@pytest.fixture
def owner(db: None) -> User:
    """The login `admin`, without a usable password: tests log it in by force."""
    return User.objects.create_superuser("admin", password=None)


@pytest.fixture
def page(owner: User) -> Client:
    """A logged-in browser that checks CSRF as a real one would be."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, History]:
    """A history of three versions, recorded once; its writer has gone."""
    folder = tmp_path_factory.mktemp("recorded")
    return folder, three_versions(folder, candles=150)


@pytest.fixture
def told(recorded: tuple[Path, History], data: Path, db: None) -> History:
    """A projected history of three versions, this test's own copy."""
    folder, history = recorded
    shutil.copytree(folder, data, dirs_exist_ok=True)
    projector.project()
    own = replace(history, net_pnls=list(history.net_pnls), held=copy(history.held))
    own.random.setstate(history.random.getstate())
    return own
