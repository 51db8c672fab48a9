"""The admin's pages: records to read, annotations to write."""

from dashboard.admin import access, records, trades

__all__ = ["access", "records", "trades"]
