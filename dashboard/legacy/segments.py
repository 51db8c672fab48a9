"""Cutting a file into segments and judging every record of each.

Works on windows of records, so memory stays bounded. Within a window: headers split it into
blocks; a block's binding judges its rows; rows it refuses are grouped by what their values look
like and tried as a segment of their own: a layout met elsewhere in the file, a registered one
without its header, or one proposed from the values and proven by arithmetic.
"""

from __future__ import annotations

import copy
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import groupby

from .binding import Binding
from .choosing import diagnose, is_proven, judge_one
from .clusters import largest_cluster, signature, usual_width
from .contests import contested
from .fast import FastJudge, compile_fast
from .finding import Block, is_run, prove
from .headings import could_be_header, is_header
from .heads import TITLES, PlainRows, begins_block, open_block, settle_head, take_titles
from .layouts import REGISTRY
from .lines import Line
from .merges import Merges
from .plains import Plains, ShortWay
from .records import Record
from .statuses import says_closed
from .structure import OTHER, marker_of, name_damage, says_paper, structural
from .times import day_month_order, order_of_cells
from .values import Context, number
from .verdicts import Aside, Fill, Refusal, Trade, Verdict

WINDOW = 3_000
MOST_HELD = 30_000
_FIRM, _FEW = 200, 400
_MOST_HEADINGS, _LONGEST_HEADING = 50, 4_096

Outcome = Verdict | Fill
Emit = Callable[[Record, Outcome, Binding | None], None]
Outcomes = dict[int, tuple[Outcome | str, Binding | None]]
"""What was found of records, by their ids; a text where nobody is told."""
EmitPlain = Callable[[Sequence[Line], Plains, Binding], None]


class FileJudge:
    """Judges the records of one file in order; `emit` receives each with its verdict."""

    def __init__(
        self,
        context: Context,
        emit: Emit,
        delimiter: str = ",",
        emit_plain: EmitPlain | None = None,
    ) -> None:
        """With `emit_plain` plain rows are judged the short way, and told together by it."""
        self._delimiter = delimiter
        self._prejudged: dict[int, Trade] = {}
        self._plain: dict[int, PlainRows] = {}
        """Those of the window's records that were judged the short way, by id."""
        self._context, self.emit, self._emit_plain = context, emit, emit_plain
        self.had_header = False
        self.headings: dict[int, bytes] = {}
        """The first header lines met, by line."""
        self._block = Block()
        self._known: list[Binding] = []
        self._held: list[Record] = []
        self._fast: FastJudge | None = None
        self._totals: list[tuple[int, Decimal]] = []
        self._hopeless: set[tuple[int, str]] = set()
        """Looks of rows that hundreds of them did not prove: not tried in every window again."""
        self._before: Decimal | None = Decimal(0)
        self._merges = Merges()

    def fork(self, emit: Emit) -> FileJudge:
        """One that goes on from here by itself, telling `emit`.

        For a file that still grows: what is held is judged without deciding it.
        """
        shared: list[object] = [*self._held, *REGISTRY]
        memo = {id(each): each for each in shared}
        memo[id(self.emit)] = emit
        return copy.deepcopy(self, memo)

    @property
    def bindings(self) -> list[Binding]:
        """Every binding that was accepted in this file."""
        return self._known

    @property
    def current(self) -> Binding | None:
        """The binding in force."""
        return self._block.current

    @property
    def totals(self) -> list[tuple[int, Decimal]]:
        """(line, value) of the PnL totals the file prints itself."""
        return self._totals

    def feed(self, records: list[Record]) -> None:
        """Take the next records of the file."""
        self._held += records
        if len(self._held) >= WINDOW:
            self._window(final=False)

    def finish(self) -> None:
        """Decide what is still held."""
        self._window(final=True)

    def judge_fast(self, lines: Sequence[Line]) -> ShortWay | None:
        """Judge leading lines the short way.

        Stops where a header or a marker may change the layout; None while records are held
        back or where the binding is no plain one.
        """
        if self._fast is None or self._held or self._merges.inside:
            return None
        plains, places = self._fast.judge(lines)
        taken = len(lines)
        if len(places) < taken:
            judged = set(places)
            for at, line in enumerate(lines):
                if at not in judged and self._may_change(line):
                    taken = at
                    break
            places = places[: bisect_left(places, taken)]
        if plains is None or not places:
            return None
        return ShortWay(plains.part(0, len(places)), places, taken)

    def _may_change(self, line: Line) -> bool:
        text = line.text
        if not text or text[0] in "<=>|" or '"' in text:
            return True
        cells = text.split(self._delimiter)
        return is_header(cells) or could_be_header(cells)

    def expect(self, trades: dict[int, Trade]) -> None:
        """Trades judged the short way already, by line, among the records fed next."""
        self._prejudged = trades

    def _window(self, *, final: bool) -> None:
        records, self._held = self._held, []
        outcomes: Outcomes = {}
        if not self._context.order:
            self._context.order = day_month_order(
                record.text for record in records
            ) or order_of_cells(cell for record in records[:_FEW] for cell in record.fields[:40])
        blocks = self._split(records, outcomes)
        keep_from = len(records)
        places = {id(record): at for at, record in enumerate(records)}
        for at, block in enumerate(blocks):
            last = at == len(blocks) - 1
            small = block.current is None and len(block.rows) < _FIRM
            if last and not final and small and len(records) < MOST_HELD and len(blocks) > 1:
                # Too few rows yet to see how they are written: decide with the next ones.
                keep_from = min(
                    keep_from, places[id(block.rows[0])] if block.rows else len(records)
                )
                self._block = block
                break
            self._judge_block(block, outcomes)
            self._block = block
            if last and not final:
                keep_from = min(keep_from, self._tail(block.rows, outcomes, places, len(records)))
        self._merges.settle(outcomes)
        self._tell(records[:keep_from], outcomes)
        self._held = records[keep_from:]
        self._block.rows = []
        if keep_from == len(records):
            self._prejudged = {}
        self._prepare_fast()

    def _tell(self, records: list[Record], outcomes: Outcomes) -> None:
        """Hand the verdicts on in order, plain rows that follow each other together."""
        for plain, run in groupby(records, lambda record: self._plain.get(id(record))):
            if plain is not None and self._emit_plain is not None:
                self._emit_plain(*plain.run(list(run)), plain.binding)
                continue
            for record in run:
                outcome, binding = outcomes[id(record)]
                if not isinstance(outcome, str):
                    self.emit(record, outcome, binding)
        self._plain = {}

    def _prepare_fast(self) -> None:
        binding = self._block.current
        self._fast = None if binding is None else self._compile(binding)

    def _compile(self, binding: Binding) -> FastJudge | None:
        return compile_fast(binding, self._context, self._delimiter)

    def _tail(
        self, rows: list[Record], outcomes: Outcomes, places: dict[int, int], total: int
    ) -> int:
        """Where the refused rows at the window's end start; they wait for the next window."""
        start = total
        for record in reversed(rows):
            if (
                not isinstance(outcomes[id(record)][0], Refusal)
                or total - places[id(record)] > WINDOW // 2
            ):
                break
            start = places[id(record)]
        return start

    # -- blocks ------------------------------------------------------------------------------

    def _split(self, records: list[Record], outcomes: Outcomes) -> list[Block]:
        block = self._block
        block.rows = []
        blocks = [block]
        for at, record in enumerate(records):
            trade = self._prejudged.get(record.line)
            if trade is not None and block.current is not None:
                outcomes[id(record)] = (trade, block.current)
                block.rows.append(record)
                continue
            mark = marker_of(record) if record.text[:1] in "<=>|" else ""
            if mark:
                self._merges.turn(mark)
            if not block.width and len(block.rows) < TITLES and says_paper(record):
                self._context.paper = record.text.strip() * self._context.real
            verdict = structural(record, block.width)
            if verdict is None and begins_block(record, block, records[at + 1 : at + 6]):
                outcomes |= {id(row): (Aside("section"), None) for row in take_titles(block)}
                block = self._open_block(record)
                blocks.append(block)
                outcomes[id(record)] = (OTHER, None)
                continue
            if verdict is not None:
                if isinstance(verdict, Aside) and verdict.kind == "total":
                    self._note_total(record, block)
                outcomes[id(record)] = (verdict, None)
                continue
            again = self._merges.take(record)
            if again is not None:
                outcomes[id(record)] = (again, None)
                continue
            block.rows.append(record)
        return blocks

    def _open_block(self, record: Record) -> Block:
        made = open_block(record.fields, self._known)
        self.had_header = self.had_header or bool(made.bindings)
        if len(self.headings) < _MOST_HEADINGS and len(record.raw) <= _LONGEST_HEADING:
            self.headings[record.line] = record.raw
        return made

    def _note_total(self, record: Record, block: Block) -> None:
        binding = block.current or (block.bindings[0] if block.bindings else None)
        if binding is None or not binding.pnl_role or len(record.fields) != binding.width:
            return
        value = number(record.fields, binding.pnl_role, binding)
        if isinstance(value, Decimal):
            self._totals.append((record.line, value))

    # -- judging a block ---------------------------------------------------------------------

    def _judge_block(self, block: Block, outcomes: Outcomes) -> None:
        rows = block.rows
        if block.aside:
            told = [r for r in rows if len(r.fields) == block.width and not r.trouble]
            told = [row for row in told if not says_closed(row)]
            outcomes.update({id(row): (Aside(block.aside), None) for row in told})
            rows = [row for row in rows if id(row) not in outcomes]
        if not rows:
            return
        if block.current is None:
            self._settle(block, rows, outcomes)
        remaining = rows
        if block.current is not None:
            remaining = self._judge_rows(rows, block.current, outcomes)
            if block.current.shape == "trades" and not block.current.pnl_kind:
                # Nothing but records that are no trades: the next ones settle it.
                block.current = None
            else:
                self._note(block.current)
        if remaining:
            remaining = self._try_others(remaining, block, outcomes)
        width = block.current.width if block.current else block.width or usual_width(rows)
        if remaining and block.current is None and block.bindings:
            outcomes.update(
                {at: (why, None) for at, why in diagnose(remaining, block, self._context).items()}
            )
        for record in remaining:
            given = outcomes.get(id(record))
            refusal = given[0] if given is not None else None
            if not isinstance(refusal, Refusal):
                reason = record.trouble or "unproven_layout"
                refusal = Refusal(reason, "no known layout fits and arithmetic proves none")
            outcomes[id(record)] = (
                name_damage(record, refusal, block.current, width),
                block.current,
            )
        for at, refusal in contested(block.rows, outcomes, self._context).items():
            outcomes[at] = refusal, outcomes[at][1]
            self._plain.pop(at, None)

    def _settle(
        self,
        block: Block,
        rows: list[Record],
        outcomes: Outcomes,
    ) -> None:
        """Settle a block's binding on its rows, and judge those it reads the short way."""
        short = self._compile if self._emit_plain is not None else None
        plain = settle_head(block, rows, self._context, self._delimiter, short)
        if block.current is None or plain is None:
            return
        self._begin_totals(block.current)
        if self._merges.undecided:
            return
        for record, trade in plain.trades():
            outcomes[id(record)] = (trade, block.current)
            self._plain[id(record)] = plain

    def _begin_totals(self, binding: Binding) -> None:
        """A running total of a new segment begins at 0, or goes on from where the last one was."""
        if self._before is not None:
            binding.running.add(round(self._before, 6))
        self._before = Decimal(0)

    def _note(self, binding: Binding) -> None:
        if not any(binding is known for known in self._known):
            self._known.insert(0, binding)

    def _judge_rows(
        self,
        rows: Iterable[Record],
        binding: Binding,
        outcomes: Outcomes,
    ) -> list[Record]:
        """Judge rows under a binding; those refused come back, their refusal noted."""
        refused: list[Record] = []
        before = self._before
        for record in rows:
            if id(record) in outcomes:  # judged the short way already
                continue
            outcome = judge_one(record, binding, self._context, before)
            if binding.pnl_kind == "cumulative":
                value = (
                    number(record.fields, binding.pnl_role, binding)
                    if (len(record.fields) == binding.width)
                    else None
                )
                before = value if isinstance(value, Decimal) else None
            outcomes[id(record)] = (outcome, binding)
            if isinstance(outcome, Refusal):
                refused.append(record)
        self._before = before
        return refused

    def _try_others(
        self,
        rows: list[Record],
        block: Block,
        outcomes: Outcomes,
    ) -> list[Record]:
        remaining = rows
        for known in list(self._known):
            if known is not block.current and known.shape == "trades":
                remaining = self._take(remaining, known, outcomes)
        tried: set[tuple[int, str]] = set()
        while True:
            cluster = largest_cluster(remaining, tried | self._hopeless)
            if cluster is None:
                return remaining
            tried.add((len(cluster[0].fields), signature(cluster[0].fields)))
            if block.current is not None and not is_run(cluster, block, remaining):
                continue
            binding = prove(cluster, block, self._context)
            if binding is None and len(cluster) >= 500:
                self._hopeless.add((len(cluster[0].fields), signature(cluster[0].fields)))
            if binding is not None:
                after = self._take(remaining, binding, outcomes)
                if len(after) < len(remaining):
                    self._note(binding)
                    if block.current is None and len(after) * 2 < len(rows):
                        block.current = binding
                remaining = after

    def _take(
        self,
        rows: list[Record],
        binding: Binding,
        outcomes: Outcomes,
    ) -> list[Record]:
        left: list[Record] = []
        for record in rows:
            if len(record.fields) != binding.width or record.trouble:
                left.append(record)
                continue
            outcome = judge_one(record, binding, self._context)
            if is_proven(outcome, binding) or outcome == Aside("simulated"):
                outcomes[id(record)] = (outcome, binding)
            else:
                left.append(record)
        return left
