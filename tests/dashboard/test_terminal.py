"""Names that rich would take for markup, or a terminal for orders, are shown as they are."""

from io import StringIO

import pytest
from rich.progress import Progress
from rich.table import Table

from dashboard.management.commands import _terminal


@pytest.mark.parametrize("name", ["[/x].csv", "[bold]8.03[/bold]", "[link=https://x]y[/link]"])
def test_a_table_shows_a_name_as_it_is(name: str) -> None:
    out = StringIO()
    table = Table("file")
    table.add_row(name)
    _terminal.console(out).print(table)
    assert name in out.getvalue()


def test_a_bar_shows_a_name_as_it_is() -> None:
    out = StringIO()
    with Progress(_terminal.label(), console=_terminal.console(out)) as bar:
        bar.add_task("[/x].csv", total=1)
    assert "[/x].csv" in out.getvalue()


def test_what_moves_a_cursor_is_not_written() -> None:
    assert _terminal.shown("a\x1b[2Jb\r\n") == "a�[2Jb��"
