"""``webadmin import``: the rows of a file into a list, without a browser."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast, get_args

import click

from webadmin.auth.user import User
from webadmin.changes.hooks import after_commit
from webadmin.changes.progress import Progress
from webadmin.changes.record import record, written_down
from webadmin.cli.plain import Failed, plain_errors
from webadmin.cli.targets import opened, view_of
from webadmin.database.stop import Stop
from webadmin.dialects import Timeouts
from webadmin.errors import WebadminError
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.site import Admin
from webadmin.text import use_locale
from webadmin.transfer.imports.applying import apply
from webadmin.transfer.imports.asked import (
    DateOrder,
    Decimal,
    FileForm,
    Import,
    Missing,
    Mode,
    Problem,
    Target,
)
from webadmin.transfer.imports.checking import check
from webadmin.transfer.imports.files import open_source
from webadmin.transfer.imports.guessing import DOUBTFUL, candidates, guess
from webadmin.transfer.imports.layout import usable_keys
from webadmin.transfer.imports.left_out import left_out, reasons_of
from webadmin.transfer.imports.plan import Outcome, Preview
from webadmin.transfer.imports.readings import read_as
from webadmin.transfer.imports.sniffing import sniff
from webadmin.transfer.imports.source import Limits, Source

_WHO = User("command line")
_LONG = Timeouts(statement_ms=24 * 60 * 60 * 1000, lock_ms=60 * 1000)
_LOOKED_AT = 200
_SHOWN = 10
"""Problems that are shown."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says."""

    maps: Sequence[str]
    match: Sequence[str]
    mode: Mode | None
    missing: Missing
    dates: DateOrder | None
    decimal: Decimal | None


@click.command("import")
@click.argument("target", metavar="URL|MODULE:ADMIN")
@click.argument("key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option(
    "--match",
    multiple=True,
    metavar="COLUMN",
    help="What tells which row is meant; may be repeated. By default a unique key.",
)
@click.option(
    "--mode", type=click.Choice(get_args(Mode)), help="By default upsert: new rows are added, others changed."
)
@click.option(
    "--missing", type=click.Choice(get_args(Missing)), default="keep", show_default=True,
    help="What becomes of rows that the file does not have; delete marks them as deleted.",
)  # fmt: skip
@click.option(
    "--map", "maps", multiple=True, metavar="HEADING=COLUMN",
    help="Where a column of the file goes, or nowhere: 'HEADING='. A relation's rows are named by COLUMN:OTHER. May be repeated.",
)  # fmt: skip
@click.option(
    "--dates", type=click.Choice(get_args(DateOrder)), help="How dates are written where that cannot be told."
)
@click.option(
    "--decimal",
    type=click.Choice(get_args(Decimal)),
    help="How numbers are written where that cannot be told.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option(
    "--errors", type=click.Path(path_type=Path, dir_okay=False),
    help="Leave rows that cannot be taken out, and write them to this file. Without it such rows stop everything.",
)  # fmt: skip
def import_(
    target: str, key: str, file: Path, match: Sequence[str], mode: Mode | None, missing: Missing, maps: Sequence[str],
    dates: DateOrder | None, decimal: Decimal | None, dry_run: bool, errors: Path | None,
) -> None:  # fmt: skip
    """Add or change the rows of the list KEY from FILE (CSV, Excel, JSON or JSON lines; - for the standard input). All of it is
    written, or nothing. Exit status 1 when rows could not be taken."""
    asked = Asked(maps, match, mode, missing, dates, decimal)
    with plain_errors(), opened(target, read_only=False) as admin, _file(file) as content:
        settings = admin.runtime.responder.settings
        with use_locale(settings.language, settings.time_zone):
            try:
                failed = _Run(admin, view_of(admin, key), content, file.name, asked).run(dry_run, errors)
            except WebadminError as error:
                raise Failed(error.message) from None
    sys.exit(1 if failed else 0)


@contextlib.contextmanager
def _file(path: Path) -> Iterator[BinaryIO]:
    """The file, which can be sought in."""
    if str(path) == "-":
        with tempfile.TemporaryFile(prefix="webadmin-") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
            yield cast(BinaryIO, copy)
        return
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror or error}") from None


class _Run:
    def __init__(self, admin: Admin, view: View, file: BinaryIO, name: str, asked: Asked) -> None:
        self.admin, self.view, self.asked = admin, view, asked
        self.form: FileForm = sniff(file, name)
        self.source: Source = open_source(file, self.form, Limits())

    def run(self, dry_run: bool, errors: Path | None) -> int:
        """Check, and write unless that is not wanted; how many rows failed."""
        with self._context() as context:
            asked = self._import(context)
            with _bar() as progress:
                preview = check(context, asked, self.source, progress)
            found = list(islice(preview.problems(), None if errors else _SHOWN)) if preview.failed else []
            context.session.rollback()
        self._say_problems(found, preview)
        if errors is not None and found:
            self._write_left_out(errors, found)
        if dry_run:
            found_counts = (preview.new, preview.changed, preview.same, preview.missing, preview.failed)
            self._say(*found_counts, " (nothing was written)")
        elif preview.failed and errors is None:
            self._say(0, 0, 0, 0, preview.failed, ": nothing was written; --errors FILE leaves such rows out")
        else:
            outcome = self._apply(asked, preview)
            self._say(outcome.inserted, outcome.updated, outcome.same, outcome.deleted, outcome.failed, "")
        return preview.failed

    def _apply(self, asked: Import, preview: Preview) -> Outcome:
        with self._context() as context:
            record(context, self.admin.runtime.history)
            with _bar() as progress:
                fingerprint = preview.fingerprint
                outcome = apply(
                    context,
                    asked,
                    self.source,
                    progress,
                    fingerprint=fingerprint,
                    skip_failed=bool(preview.failed),
                )
            written_down(context)
            context.session.commit()
        for text in after_commit(context):
            click.echo(text, err=True)
        return outcome

    @contextlib.contextmanager
    def _context(self) -> Iterator[Context]:
        runtime = self.admin.runtime
        with runtime.database.transaction(read_only=False, timeouts=_LONG) as session:
            request = runtime.by_itself(session, Stop(), _WHO, self.view.key, "command line")
            request.permit("import")
            yield request.context

    def _import(self, context: Context) -> Import:
        asked, view = self.asked, self.view
        targets = self._targets(context)
        match = tuple(name for names in asked.match for name in names.split(","))
        mode = asked.mode or "upsert"
        if not match and mode != "insert":
            match = next(iter(usable_keys(context, view, targets)), ())
            if not match:
                raise Failed(
                    "no column of the file tells which rows are meant: give --match COLUMN or --mode insert"
                )
            click.echo(f"rows are found by {', '.join(match)}", err=True)
        return Import(view, self.form, targets, match, mode, asked.missing)

    def _targets(self, context: Context) -> tuple[Target, ...]:
        headings = self.source.headings
        first = islice(self.source.batches(), 1)
        rows = [values for batch in first for _number, values in batch.rows[:_LOOKED_AT]]
        known = [one.name for one in candidates(context, self.view)]
        found: dict[int, Target | None] = {}
        guesses = guess(context, self.view, self.form, headings, rows)
        doubtful = {place for place, one in enumerate(guesses) if one.why in DOUBTFUL}
        for place, one in enumerate(guesses):
            found[place] = (
                self._read(one.target, headings[place], one.asks) if one.target is not None else None
            )
        for text in self.asked.maps:
            heading, mark, target = text.rpartition("=")
            if not mark or heading not in headings:
                raise Failed(
                    f"--map {text!r}: the file has no column {heading!r}; it has {', '.join(headings)}"
                )
            place = headings.index(heading)
            doubtful.discard(place)
            name, _mark, by = target.partition(":")
            if name and name not in known:
                raise Failed(f"--map {text!r}: there is no column {name!r}; there are {', '.join(known)}")
            found[place] = self._mapped(context, Target(place, name, by), rows) if name else None
        for place, goes in found.items():
            where = "nowhere" if goes is None else f"to {goes.name}, which is a guess"
            if goes is None or place in doubtful:
                click.echo(f"note: column {headings[place]!r} goes {where}", err=True)
        return tuple(one for one in found.values() if one is not None)

    def _mapped(self, context: Context, target: Target, rows: Sequence[Sequence[Any]]) -> Target:
        """A target that was named, read as its values look."""
        place = target.source
        found = read_as(self.view, target, self.form, context.dialect, [row[place] for row in rows])
        return self._read(replace(target, reading=found.reading), self.source.headings[place], found.asks)

    def _read(self, target: Target, heading: str, asks: Sequence[str]) -> Target:
        """``target`` as it is to be read. Raises Failed for what the values do not tell, and nobody has said."""
        asked, reading = self.asked, target.reading
        for ask, said in (("dates", asked.dates), ("decimal", asked.decimal)):
            if ask in asks and said is None:
                raise Failed(f"the values of column {heading!r} can be read in several ways: give --{ask}")
        reading = replace(
            reading, dates=asked.dates or reading.dates, decimal=asked.decimal or reading.decimal
        )
        return replace(target, reading=reading)

    def _write_left_out(self, path: Path, found: Sequence[Problem]) -> None:
        labels = {one.name: self.view.label_of(one.name) for one in found if one.name}
        try:
            with path.open("wb") as file:
                file.writelines(left_out(self.source, self.form, reasons_of(found, labels)))
        except OSError as error:
            raise Failed(f"{path} cannot be written: {error.strerror or error}") from None

    def _say_problems(self, found: Sequence[Problem], preview: Preview) -> None:
        for one in found[:_SHOWN]:
            label = f"{one.name}: " if one.name else ""
            click.echo(f"row {one.row}: {label}{one.message} {one.value!r}", err=True)
        if sum(preview.problem_counts.values()) > _SHOWN:
            click.echo("…", err=True)

    def _say(self, new: int, changed: int, same: int, deleted: int, failed: int, more: str) -> None:
        counts = [
            (new, "added"),
            (changed, "changed"),
            (same, "the same"),
            (deleted, "deleted"),
            (failed, "failed"),
        ]
        click.echo(
            ", ".join(f"{count:,} {word}" for count, word in counts if count or word != "deleted") + more
        )


@contextlib.contextmanager
def _bar() -> Iterator[Progress]:
    """How far it is, on a terminal."""
    progress, over = Progress(phase="reading"), threading.Event()
    words = {"reading": "read", "comparing": "read, being compared", "writing": "written"}

    def show() -> None:
        while not over.wait(0.2):
            of = f" of {progress.total:,}" if progress.total else ""
            click.echo(f"\r\x1b[K{progress.done:,}{of} {words[progress.phase]}", nl=False, err=True)

    thread = threading.Thread(target=show, daemon=True)
    if sys.stderr.isatty():
        thread.start()
    try:
        yield progress
    finally:
        over.set()
        if thread.is_alive():
            thread.join()
            click.echo("\r\x1b[K", nl=False, err=True)
