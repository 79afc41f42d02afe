"""Which relations of a database are shown: schemas, patterns, and what can be read at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from webadmin.database.own_tables.base import PREFIX
from webadmin.dialects.catalog import Listing, Relation
from webadmin.errors import DatabaseUnreachable
from webadmin.text import gettext as _

_SHOWN = 8


def check_schemas(listing: Listing, schemas: Sequence[str]) -> None:
    """Raises DatabaseUnreachable for a schema that is not there."""
    missing = [schema for schema in schemas if schema not in listing.schemas]
    if missing:
        there = listed(listing.schemas) or _("none")
        raise DatabaseUnreachable(
            _("There is no schema with tables called %(missing)s; there are: %(there)s.")
            % {"missing": listed(missing), "there": there}
        )


def without_own(listing: Listing) -> Listing:
    """Without webadmin's own tables: what people keep there is theirs, and an admin would show it to everybody."""
    theirs = tuple(relation for relation in listing.relations if not relation.name.startswith(PREFIX))
    return replace(listing, relations=theirs)


def choose(
    listing: Listing, include: Sequence[str], exclude: Sequence[str]
) -> tuple[list[Relation], list[str]]:
    """The relations that a pattern of ``include`` matches (none given: all) and none of ``exclude``, with notes on
    patterns that match nothing. Raises DatabaseUnreachable when nothing is left."""
    default = listing.default_schema
    chosen = [
        relation
        for relation in listing.relations
        if (not include or any(_matches(relation, pattern, default) for pattern in include))
        and not any(_matches(relation, pattern, default) for pattern in exclude)
    ]
    if not chosen:
        everything = [_name(relation) for relation in listing.relations]
        if everything:
            raise DatabaseUnreachable(_("No table is left to show; there are: %s.") % listed(everything))
        raise DatabaseUnreachable(_("There is no table or view that can be shown."))
    notes = [
        _("No table matches %s.") % pattern
        for pattern in (*include, *exclude)
        if not any(_matches(relation, pattern, default) for relation in listing.relations)
    ]
    chosen.sort(key=lambda relation: (relation.schema is not None, relation.schema or "", relation.name))
    return chosen, notes


def _matches(relation: Relation, pattern: str, default: str | None) -> bool:
    """Patterns are those of a shell, whatever the case, for a table's name or for ``schema.name``."""
    names = (relation.name, f"{relation.schema or default}.{relation.name}")
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for name in names)


def _name(relation: Relation) -> str:
    return f"{relation.schema}.{relation.name}" if relation.schema else relation.name


def listed(names: Sequence[str]) -> str:
    """Names in a row; of many only the first ones and how many more there are."""
    shown = ", ".join(names[:_SHOWN])
    return (
        shown
        if len(names) <= _SHOWN
        else _("%(names)s and %(more)d more") % {"names": shown, "more": len(names) - _SHOWN}
    )
