"""What the headings of a list's files were taken for the last time, so that nobody has to say it again."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webadmin.database.own_tables.imports import import_mapping
from webadmin.dialects.upserts import insert
from webadmin.mixins import server_now
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.saved.store import fitted
from webadmin.transfer.imports.asked import Reading, Target
from webadmin.transfer.imports.draft import Draft, target_of
from webadmin.transfer.imports.guessing import candidates, is_address

_RULES = ""
"""Stands for what is asked of the rows as a whole."""
_USUAL = Reading()
_UNUSED = timedelta(days=400)
"""A heading that no file had for so long is forgotten: longer than from one year's list to the next. So is, in time, all that belongs to
lists which are no more; another admin on the same tables may have lists that this one does not know."""
MOST = 1000
"""Headings that are remembered of one list: twice as many as a file can have."""


def remember(session: Session, view: View, draft: Draft, before: Draft) -> None:
    """Keep where the columns of a file go, and those that somebody has said go nowhere.

    :param before: what was guessed, and has been looked at since.
    """
    # A file without a key says nothing of what is done with one that has it.
    mode = draft.mode if draft.match else "upsert"
    content = {_RULES: json.dumps({"match": draft.match, "mode": mode, "missing": draft.missing})}
    for place, heading in enumerate(draft.headings):
        target = draft.target(place)
        if target is None and before.target(place) is None and draft.guessed.get(place) != "earlier":
            continue  # nobody knew: the next file may have values that tell
        content[_key(heading)] = json.dumps(asdict(target)) if target is not None else "null"
    rows = [
        {"list_key": fitted(view.key), "heading": heading, "content": text}
        for heading, text in sorted(content.items())
    ]
    asked = insert(session.connection(), import_mapping)
    session.execute(
        asked.on_conflict_do_update(
            index_elements=["list_key", "heading"],
            set_={"content": asked.excluded.content, "changed_at": server_now()},
        ),
        rows,
    )


def tidy(session: Session, list_key: str) -> None:
    """Forget what headings were taken for that no file had for long, of all lists, and the oldest of this list where they are many."""
    table, now = import_mapping, session.execute(sa.select(server_now())).scalar_one()
    session.execute(sa.delete(table).where(table.c.changed_at < now - _UNUSED))
    here = table.c.list_key == fitted(list_key)
    newest = table.c.changed_at.desc(), table.c.heading
    oldest = sa.select(table.c.heading).where(here).order_by(*newest).offset(MOST)
    session.execute(sa.delete(table).where(here, table.c.heading.in_(oldest)))


def recall(context: Context, view: View, draft: Draft) -> Draft:
    """``draft`` with what is known from earlier files, as far as the person may still write it; what their values say of how
    they are read counts more."""
    table = import_mapping
    keys = [_key(heading) for heading in draft.headings]
    rows = context.session.execute(
        sa.select(table.c.heading, table.c.content).where(
            table.c.list_key == fitted(view.key), table.c.heading.in_([_RULES, *keys])
        )
    )
    known: dict[str, Any] = {row.heading: json.loads(row.content) for row in rows}
    rules = known.pop(_RULES, None)
    if not known:
        return draft
    allowed = {one.name: one for one in candidates(context, view)}
    targets: list[Target] = []
    guessed, said = dict(draft.guessed), list(draft.said)
    for place, key in enumerate(keys):
        now = draft.target(place)
        if key not in known:
            before = now
        elif (data := known[key]) is None:
            before = None
            guessed[place] = "earlier"
        else:
            before = target_of(data | {"source": place})
            one = allowed.get(before.name)
            if one is None or (before.by and before.by not in one.by) or looks_other(before, now):
                before = now
            else:
                guessed[place] = "earlier"
                asked = draft.asks.get(place, ())
                same = now is not None and (now.name, now.by) == (before.name, before.by)
                if now is not None and same and not asked:
                    before = replace(before, reading=now.reading)
                elif not same or all(getattr(before.reading, ask) != getattr(_USUAL, ask) for ask in asked):
                    said.append(place)  # it was said then
        if before is not None and before.name not in {target.name for target in targets}:
            targets.append(before)
    draft = replace(draft, targets=tuple(targets), guessed=guessed, said=tuple(said))
    if rules is not None:
        # A key that earlier files did not have says best which rows are meant, and could not be written.
        new = {one.name for one in targets if guessed.get(one.source) != "earlier"}
        has_key = {column.name for column in view.info.key} <= new
        draft = replace(draft, match=draft.match if has_key else tuple(rules["match"]), mode=rules["mode"])
    return draft


def looks_other(before: Target, now: Target | None) -> bool:
    """Whether the values show that rows of another model are named otherwise than the last time: by addresses, or no more."""
    return now is not None and now.name == before.name and is_address(now.by) != is_address(before.by)


def _key(heading: str) -> str:
    return fitted(heading)
