"""``webadmin export``: the rows of a list as a file, without a browser."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import click

from webadmin.auth.user import User
from webadmin.cli.plain import Failed, plain_errors
from webadmin.cli.targets import opened, view_of
from webadmin.database.stop import Stop
from webadmin.errors import WebadminError
from webadmin.listing.params import ListParams
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.site import Admin
from webadmin.text import use_locale
from webadmin.transfer.asked import OPTIONS, Export, Form, columns_of, split
from webadmin.transfer.export import exported
from webadmin.transfer.workbook import check_available

_WHO = User("command line")


@click.command()
@click.argument("target", metavar="URL|MODULE:ADMIN")
@click.argument("key")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File; else the standard output."
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(OPTIONS["format"]),
    help="By default what the file's name ends with, or csv.",
)
@click.option(
    "--query", default="", help="As in the list's address: 'status=paid&sort=id:asc&columns=id,total'."
)
def export(target: str, key: str, output: Path | None, kind: str | None, query: str) -> None:
    """Write the rows of the list KEY to a file."""
    with plain_errors(), opened(target) as admin:
        settings = admin.runtime.responder.settings
        with use_locale(settings.language, settings.time_zone):
            try:
                what = _asked(view_of(admin, key), query, kind or _kind_of(output), settings.time_zone)
                _write(admin, what, output)
            except WebadminError as error:
                raise Failed(error.message) from None


def _kind_of(output: Path | None) -> str:
    ending = output.suffix.lstrip(".").lower() if output is not None else ""
    return ending if ending in OPTIONS["format"] else "csv"


def _asked(view: View, query: str, kind: str, zone: str) -> Export:
    own, pairs = split(view, parse_qsl(query.removeprefix("?"), keep_blank_values=True))
    form = Form(**{**own, "format": kind})
    if kind == "xlsx":
        check_available()
    params = ListParams.parse(pairs, view, ZoneInfo(zone))
    return Export(view, params, form, columns_of(view, params, form))


def _write(admin: Admin, what: Export, output: Path | None) -> None:
    database = admin.runtime.database

    @contextlib.contextmanager
    def reading() -> Iterator[Context]:
        with database.long_reading(Stop()) as session:
            yield Context(session, database.dialect, _WHO, admin.registry)

    size = 0
    with _open(output) as file, contextlib.closing(exported(reading, what)) as pieces, _bar() as shown:
        for piece in pieces:
            file.write(piece)
            size += len(piece)
            shown(size)
    if output is not None:
        click.echo(f"{output}: {size:,} bytes", err=True)


@contextlib.contextmanager
def _open(output: Path | None) -> Iterator[BinaryIO]:
    """The file, which is there only once it is whole."""
    if output is None:
        yield sys.stdout.buffer
        return
    part = output.with_name(output.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(output)
    except OSError as error:
        raise Failed(f"{output} cannot be written: {error.strerror or error}") from None
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _bar() -> Iterator[Callable[[int], None]]:
    """How much there is so far, on a terminal."""
    terminal = sys.stderr.isatty()

    def show(size: int) -> None:
        if terminal:
            click.echo(f"\r{size / 1_000_000:,.1f} MB", nl=False, err=True)

    yield show
    if terminal:
        click.echo("\r", nl=False, err=True)
