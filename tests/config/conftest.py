"""The same fixtures as the dashboard's tests."""

from tests.dashboard.conftest import data, owner, page, recorded, told

__all__ = ["data", "owner", "page", "recorded", "told"]
