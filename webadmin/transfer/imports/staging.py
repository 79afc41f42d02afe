"""The rows of a file, read, converted and put where the database can work on them; in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from webadmin.changes.progress import Progress
from webadmin.dialects.staging import NotTaken
from webadmin.options.context import Context
from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import Problem, Source
from webadmin.transfer.imports.checks import RowChecks
from webadmin.transfer.imports.converting import converter
from webadmin.transfer.imports.layout import PROBLEMS, ROW, Layout
from webadmin.transfer.imports.source import shortened
from webadmin.transfer.imports.turns import short_turns

_AT_ONCE = 20_000
"""Rows that are sent together."""
_FEW = 1000
"""A part of a file that has fewer rows is its last, or one of long rows, of which not many are to be in memory."""
_KEPT = 2000
"""Problems in memory."""


class Staged:
    """The rows of a file on their way to the tables of ``layout``."""

    def __init__(self, context: Context, layout: Layout) -> None:
        self.context, self.layout = context, layout
        self.dialect, self.connection = context.dialect, context.session.connection()
        self._checks = RowChecks(context, layout)
        self._converters = [
            converter(layout.view, one.target, layout.asked.file, context.dialect) for one in layout.given
        ]
        self._columns: list[list[Any]] = [[] for _column in layout.rows.columns]
        self._problems: list[Problem] = []
        self._sent: list[list[Any]] = []
        self._sending: Future[None] | None = None
        self._as_texts = {
            one.value.name
            for one in layout.given
            if self.dialect.reads_texts(self.connection, one.value.type) and not self._checks.asks_for(one)
        }
        """Columns of which the database may make the values itself: nobody here asks for them."""
        self.numbered = 0
        """Rows that were staged."""

    def fill(self, source: Source, progress: Progress) -> None:
        """Read all rows. Raises what reading raises, and Stopped when it was given up."""
        layout, dialect = self.layout, self.dialect
        dialect.make_staged(self.connection, layout.rows, layout.row)
        dialect.make_staged(self.connection, PROBLEMS)
        with short_turns(), ThreadPoolExecutor(1, "webadmin-copy") as self._pool:
            for batch in source.batches():
                progress.check()
                self._problems += batch.problems
                if batch.numbers:
                    self._convert(batch.numbers, batch.columns)
                if len(self._columns[0]) >= _AT_ONCE or len(batch.numbers) < _FEW:
                    self._send()
                progress.done = self.numbered + len(self._columns[0])
                self._write_problems(at_least=_KEPT)
            self._send()
            self._wait()
            self._write_problems()
        dialect.staged_ready(self.connection, layout.rows)

    def _convert(self, numbers: Sequence[int], texts: Sequence[Sequence[Any]]) -> None:
        layout = self.layout
        columns: list[Sequence[Any]] = []
        for one, convert in zip(layout.given, self._converters, strict=True):
            given = texts[one.target.source]
            if one.value.name in self._as_texts and convert.is_plain(given):
                columns.append(given)
                continue
            values, wrong = convert.column(given)
            for place, error in wrong.items():
                self._problems.append(
                    Problem(numbers[place], one.name, error.kind, shortened(given[place]), error.message)
                )
            columns.append(values)
        self._problems += self._checks.run(numbers, columns, texts)
        staged: list[Sequence[Any]] = [numbers]
        for one, own in zip(layout.given, columns, strict=True):
            staged.append(own)
            if one.is_found:
                staged += [[None] * len(numbers) for _local in one.own]
        staged += [[make() for _number in numbers] for _column, make in layout.made.values()]
        for column, more in zip(self._columns, staged, strict=True):
            column += more

    def _send(self) -> None:
        """Have the rows that were read so far sent, in a thread where the database is waited for meanwhile: while it reads them, the next
        ones are made. The connection is nobody else's until :meth:`_wait`."""
        columns, self._columns = self._columns, [[] for _column in self._columns]
        if not columns[0]:
            return
        self.numbered += len(columns[0])
        if not self.dialect.supports_sending:
            self._sent = columns
            self._wait()
            return
        add = self.dialect.pack_staged(self.connection, self.layout.rows, columns)
        self._wait()
        self._sent, self._sending = columns, self._pool.submit(add)

    def _wait(self) -> None:
        """Until what was sent is there."""
        sending, columns = self._sending, self._sent
        self._sending, self._sent = None, []
        try:
            if sending is not None:
                sending.result()
            elif columns:
                self._fill(columns)
        except NotTaken as error:
            self._fill_in_parts(columns, error)

    def _fill(self, columns: list[list[Any]]) -> None:
        self.dialect.fill_staged(self.connection, self.layout.rows, columns)

    def _fill_in_parts(self, columns: list[list[Any]], refused: NotTaken | None) -> None:
        """Those before the one that was refused are good; the rest is sent again without what was wrong."""
        while refused is not None:
            self._fill([column[: refused.row] for column in columns])
            self._take_out(columns, refused)
            columns, refused = [column[refused.row :] for column in columns], None
            try:
                self._fill(columns)
            except NotTaken as error:
                refused = error

    def _take_out(self, columns: list[list[Any]], error: NotTaken) -> None:
        """Take the value that was the reason out of the row that was refused, or all of its values."""
        names = [column.name for column in self.layout.rows.columns]
        place = names.index(error.column) if error.column in names else 0
        one = next((one for one in self.layout.given if one.value.name == error.column), None)
        number, value = columns[0][error.row], columns[place][error.row]
        if place and value is not None:
            columns[place][error.row] = None
        else:
            value = None
            for column in columns[1:]:
                column[error.row] = None
        message = _("The database does not take this value.")
        name = one.name if one is not None else ""
        self._problems.append(Problem(number, name, "type", shortened(value), message))

    def _write_problems(self, at_least: int = 1) -> None:
        if len(self._problems) >= at_least:
            self._wait()
            rows = [(one.row, one.name, one.kind, one.value, one.message) for one in self._problems]
            self.dialect.fill_staged(self.connection, PROBLEMS, list(zip(*rows, strict=True)))
            self._problems = []


def read_problems(context: Context) -> Callable[[], Iterator[Problem]]:
    """Reads what is wrong, as long as the transaction lasts."""

    def read() -> Iterator[Problem]:
        names = [column.name for column in PROBLEMS.columns]
        stmt = sa.select(*PROBLEMS.columns).order_by(PROBLEMS.c[ROW], PROBLEMS.c.name)
        result = context.session.connection().execute(stmt, execution_options={"yield_per": 1000})
        for row in result:
            values = dict(zip(names, row, strict=True))
            yield Problem(
                values[ROW], values["name"], values["kind"], values["value"] or "", values["message"]
            )

    return read
