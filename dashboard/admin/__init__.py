"""The admin's pages: records to read, annotations to write."""

from dashboard.admin import access, imports, records, trades

__all__ = ["access", "imports", "records", "trades"]
