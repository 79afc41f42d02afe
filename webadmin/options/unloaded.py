"""A host's function that reads what is not loaded: a fault where a program is made, a placeholder where it is used."""

from __future__ import annotations

import logging
import os
import re
import sys
from contextvars import ContextVar

from sqlalchemy.exc import InvalidRequestError

from webadmin.database.inspection import ModelInfo
from webadmin.errors import WebadminError
from webadmin.text import gettext as _

logger = logging.getLogger("webadmin")

_REFUSED = re.compile(r"^'(\w+)\.(\w+)' is not available due to ")
"""What SQLAlchemy says of an attribute that is loaded with ``raiseload``."""
_told: set[str] = set()


class NotLoaded(WebadminError):
    """A function of the host's reads something of a row that is not loaded; the message names the option to set."""

    title = "Not loaded"


class ExtraStatement(Exception):
    """A function of the host's is about to send a statement for one row: see :mod:`webadmin.listing.sealed`."""


Unloaded = (InvalidRequestError, ExtraStatement)
"""What such a function raises."""


def in_development() -> bool:
    """Whether the program is being tested, or runs in Python's development mode."""
    return bool({"PYTEST_VERSION", "PYTEST_CURRENT_TEST"} & os.environ.keys()) or sys.flags.dev_mode


strict: ContextVar[bool] = ContextVar("webadmin_strict")
"""Whether this request fails where something is not loaded; if not set, as :func:`in_development` says."""


def is_unloaded(error: Exception) -> bool:
    """Whether ``error``, one of :data:`Unloaded`, is about something that is not loaded."""
    return isinstance(error, ExtraStatement) or _REFUSED.match(str(error)) is not None


def tell(error: Exception, function: str, view: str, info: ModelInfo, *, lenient: bool = False) -> None:
    """Say in the log what is missing, once for each function.

    :param error: what the function raised, see :func:`is_unloaded`.
    :param function: what it is, ``OrderView.column_formatters["total"]``.
    :param view: where the option belongs, ``OrderView``.
    :param info: of the rows that the function gets.
    :param lenient: do not fail, whatever is set.
    :raises NotLoaded: where this is a fault.
    """
    refused = _REFUSED.match(str(error))
    if refused is not None:
        message = (
            f"{function} reads {refused.group(1)}.{refused.group(2)}, which is not loaded with the rows. "
            f'Set list_load = ["{_path(info, *refused.groups())}"] in {view}.'
        )
    else:
        message = (
            f"{function} would send a statement for each row, to read {error}. "
            f"Set list_load in {view} to the relations that it needs; dynamic ones cannot be read here."
        )
    if not lenient and strict.get(in_development()):
        logger.error(message)
        raise NotLoaded(message) from error
    if message not in _told:
        _told.add(message)
        logger.warning(message)


def placeholder() -> str:
    """What stands for a value that could not be read."""
    return _("not available")


def _path(info: ModelInfo, owner: str, name: str) -> str:
    """How ``list_load`` of the model's view calls an attribute of the class ``owner``."""
    if info.model.__name__ == owner or name in info.relations:
        return name
    for relation in info.relations.values():
        if relation.target.__name__ == owner:
            return f"{relation.name}.{name}"
    return name
