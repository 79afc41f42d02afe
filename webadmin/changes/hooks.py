"""The host's own functions that run along with changes: inside the transaction, and after it."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from anyio import from_thread
from sqlalchemy import exc
from sqlalchemy.orm.exc import StaleDataError
from wtforms import ValidationError

from webadmin.changes.record.occasion import Occasion, occasion
from webadmin.errors import WebadminError
from webadmin.options.context import Context
from webadmin.options.model_view import ModelView
from webadmin.options.view import View
from webadmin.text import gettext as _

logger = logging.getLogger("webadmin")

_PLACE = "webadmin.committed"
_KNOWN_FAILURES = frozenset(
    {
        "connection_lost", "pool_timeout", "too_many_connections", "statement_timeout", "lock_timeout", "deadlock",
        "serialization", "read_only", "refused", "disk_full", "out_of_memory",
    }
)  # fmt: skip
"""What a statement in a hook may fail with as any other does, and has a page or a message of its own."""


class HookRefused(WebadminError):
    """A hook was against a change, or failed: nothing of it is kept. The message is safe to show."""


@dataclass(frozen=True, slots=True)
class CommittedChange:
    """What ``after_commit`` is told: rows of one view that are changed for good."""

    kind: str
    """create, change, delete, restore, purge, action, import or undo."""
    key: str
    """The place of the view in the address."""
    ids: tuple[str, ...] = ()
    """The rows as they stand in addresses; none where they were changed all at once, without being looked at."""
    label: str = ""
    """What was changed, in words."""
    action: str = ""
    """The label of an action of one's own."""
    reason: str = ""
    """Why, in the person's words."""


def call_hook(hook: Callable[..., Any], *args: Any) -> Any:
    """What ``hook(*args)`` gives; a coroutine is run to its end first. A hook that takes fewer arguments gets the first of
    them.

    In a worker thread of the server it runs on the server's event loop, where the host's own async clients live; elsewhere
    (scripts, tests) on a loop made for it. Whatever the hook raises comes out as it is.
    """
    positional, named = _taken(hook, args)
    result = hook(*positional, **named)
    return _finished(result) if inspect.isawaitable(result) else result


def has_hook(view: View, name: str) -> bool:
    """Whether ``view`` has a hook ``name`` of its own."""
    untouched = getattr(type(view.options), name) is getattr(ModelView, name)
    return not untouched or name in vars(view.options)


def run_hook(context: Context, view: View, name: str, *args: Any) -> None:
    """Run the hook ``name`` of ``view`` with ``args`` and the request, inside the transaction.

    ``ValidationError`` and what the database says of values come out as they are. Everything else is HookRefused: errors of
    webadmin's own with their text, any other with a general sentence, while the log has the whole.
    """
    if not has_hook(view, name):
        return
    try:
        call_hook(getattr(view.options, name), *args, context.hook_request)
    except (ValidationError, StaleDataError):
        raise
    except WebadminError as error:
        refused = HookRefused(
            error.message,
            title=error.title,
            link=error.link,
            link_label=error.link_label,
            retry_after=error.retry_after,
        )
        refused.status = error.status
        raise refused from error
    except Exception as error:
        if isinstance(error, exc.StatementError):
            failure = context.dialect.failure(error)
            if failure.integrity or failure.value or failure.kind in _KNOWN_FAILURES:
                raise
        raise HookRefused(_failed(context, view, name)) from error


def changed(context: Context, view: View, kind: str, rows: Iterable[Any]) -> None:
    """Note ``rows``, which are flushed, for the view's ``after_commit``."""
    if _listens(view):
        noted = context.session.info.setdefault(_PLACE, {})
        before = noted.get(view.key, CommittedChange(kind, view.key))
        noted[view.key] = replace(before, kind=kind, ids=(*before.ids, *(view.id_of(row) for row in rows)))


def after_commit(context: Context) -> list[str]:
    """Run ``after_commit`` of the views whose rows this request's transaction has changed; it is over by now.

    Nothing can undo the change any more: a hook that fails is in the log, and a sentence about it is given back.
    """
    noted: dict[str, CommittedChange] = context.session.info.pop(_PLACE, {})
    said: Occasion = occasion(context)
    views = context.registry.views
    if said.list_key in views and _listens(views[said.list_key]):
        change = noted.get(said.list_key, CommittedChange(said.kind, said.list_key))
        noted[said.list_key] = replace(
            change, kind=said.kind, label=said.label, action=said.action, reason=said.reason
        )
    failed = []
    for key, change in noted.items():
        try:
            call_hook(views[key].options.after_commit, change, context.hook_request)
        except Exception:
            _log(context, views[key], "after_commit")
            failed.append(
                _("It is saved, but what this site does afterwards with {rows} failed.").format(
                    rows=views[key].name_plural.lower()
                )
            )
    return failed


def _listens(view: View) -> bool:
    return type(view.options).after_commit is not ModelView.after_commit


def _failed(context: Context, view: View, name: str) -> str:
    _log(context, view, name)
    text = _("A function that this site runs along with it failed, so nothing was changed.")
    number = getattr(context.hook_request, "request_id", "")
    if number:
        text += " " + _("The server's log says more under the number {number}.").format(number=number)
    return text


def _log(context: Context, view: View, name: str) -> None:
    number = getattr(context.hook_request, "request_id", "-")
    logger.exception("request %s failed: %s of %s", number, name, type(view.options).__name__)


def _taken(hook: Callable[..., Any], args: tuple[Any, ...]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Those of ``args`` that ``hook`` takes: the first ones, and the last, the request, also by its name alone."""
    try:
        parameters = inspect.signature(hook).parameters.values()
    except (TypeError, ValueError):  # not written in Python
        return args, {}
    if any(one.kind is one.VAR_POSITIONAL for one in parameters):
        return args, {}
    places = [one for one in parameters if one.kind in {one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD}]
    alone = any(one.kind is one.KEYWORD_ONLY and one.name == "request" for one in parameters)
    return args[: len(places)], {"request": args[-1]} if alone and args else {}


def _finished(awaitable: Any) -> Any:
    begun = False

    async def run() -> Any:
        nonlocal begun
        begun = True
        return await awaitable

    try:
        return from_thread.run(run)
    except RuntimeError:
        if begun:  # raised by the hook itself
            raise
    return asyncio.run(run())
