"""What goes wrong is one clear line and exit status 2."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import click
from sqlalchemy import exc

from webadmin.errors import DatabaseUnreachable, OptionsError, WebadminError
from webadmin.serving import PortInUse

_PLAIN = (DatabaseUnreachable, OptionsError, PortInUse, WebadminError)


class Failed(click.ClickException):
    """A plain line and exit status 2."""

    exit_code = 2


class Commands(click.Group):
    """Says what is wrong with the arguments in one line, without the usage before it."""

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        with _one_line():
            return super().make_context(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with _one_line():
            return super().invoke(ctx)


@contextlib.contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "webadmin"
        raise Failed(f"{error.format_message()} See {where} --help.") from None


@contextlib.contextmanager
def plain_errors(*more: type[Exception]) -> Iterator[None]:
    """Whatever stops the start, errors of the kinds ``more`` too, is one clear line and exit status 2."""
    try:
        yield
    except _PLAIN as error:
        raise Failed(str(error)) from None
    except more as error:
        raise Failed(str(error)) from None
    except exc.SQLAlchemyError as error:
        original = getattr(error, "orig", None)
        reason = str(original or error).strip().splitlines()[0]
        raise Failed(f"the database cannot be used: {reason}") from None
