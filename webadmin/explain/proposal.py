"""An index that would make a statement cheaper, in words and with everything to paste."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proposal:
    """One index that is not there and that a statement would be read by."""

    table: str
    columns: tuple[str, ...]
    """Its keys, as they stand in the statement that makes it."""
    name: str
    ddl: str
    """The statement that makes it, while the table is in use where the system can."""
    alembic: str
    """The same as operations of a migration."""
    why: str
    """What each part of it is for, in one sentence."""
    proof: str
    """How it was tried: ``hypothetical``, ``built``, ``copy`` or ``none``: a word that does not change with the language."""
    proof_text: str
    """The same in words."""
    before: str
    """What the statement costs without it, in the planner's units; empty where nothing was compared."""
    after: str
    gain: str
    """How many times less that is; empty where nothing was compared."""
    size: str
    """About how large it will be; empty where that is not known."""
    place: str = ""
    """The table as it stands in statements."""
    create: str = ""
    """The one statement that makes it, without what has to go before."""
    token: str = ""
    """What has it made when it is sent; empty where the person may not, or it is not verified."""
    notes: tuple[str, ...] = ()
    """What it makes of the indexes that are there."""
