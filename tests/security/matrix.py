"""What every address answers for a row of one's own, for one of others, and for one that is not there.

Whoever adds an address to ``webadmin.routes`` adds it here: method by method, how a row is named in it and the three answers.
That whoever lacks the permission is refused, the same for all three, needs no entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

LIVE = ("1", "2", "99")
"""Tickets and people: one's own, another team's, none."""
DELETED = ("3", "5", "99")
CHANGES = ("own change", "foreign change", "00000000-0000-7000-8000-000000000000")
"""Changes of the history, which are looked up by these names."""
PEOPLE = ("own account", "foreign account", CHANGES[2])
"""Accounts; of whoever manages people, all are to be seen."""
ROLES = ("a role", "another role", CHANGES[2])
VIEWS = ("own view", "foreign view", "no view")
IMPORTS = ("own import", "foreign import", CHANGES[2])
NO_ROW = ("", "", "")
GONE = 404


@dataclass(frozen=True)
class Ask:
    """One method of an address, as somebody with its permission gets it.

    :param own: the status for one's own row, or the only one where no row is named.
    :param foreign, absent: the same for the other rows; by default as for one's own.
    :param query: the query string; ``{}`` stands for the row.
    :param form: what is posted; ``{}`` stands for the row here too.
    """

    own: int = 200
    foreign: int | None = None
    absent: int | None = None
    rows: tuple[str, str, str] = NO_ROW
    query: str = ""
    form: Mapping[str, Any] = field(default_factory=dict)

    def cases(self) -> list[tuple[str, int]]:
        """Each row and its status."""
        others = (self.own if status is None else status for status in (self.foreign, self.absent))
        return list(dict(zip(self.rows, (self.own, *others), strict=True)).items())


def at_row(own: int = 200, **more: Any) -> Ask:
    """An address of a row."""
    return Ask(own, GONE, GONE, **{"rows": LIVE, **more})


def managed(own: int = 200, rows: tuple[str, str, str] = PEOPLE, **form: str) -> Ask:
    """An address of an account or a role."""
    return Ask(own, None, GONE, rows=rows, form=form)


def for_chosen(own: int = 200, rows: tuple[str, str, str] = LIVE, **form: str) -> Ask:
    """What is done with rows that a form names."""
    return Ask(own, GONE, GONE, rows=rows, form={"id": "{}", **form})


TICKET = {"title": "New", "code": "N", "team": "red"}
PLAIN = Ask()
OTHERS_ACCOUNT = Ask(403, 303, GONE, rows=PEOPLE)
"""One's own account is looked after on its own page."""
BY_OWNER = Ask(rows=LIVE, query="owner={}")

EXPECTED: dict[str, dict[str, Ask]] = {
    "": {"GET": PLAIN},
    "login": {"GET": Ask(303), "POST": Ask(422)},
    "login/second": {"GET": Ask(303), "POST": Ask(303)},
    "login/oidc": {"GET": Ask(GONE)},  # tests/views/test_oidc.py has a provider
    "login/oidc/callback": {"GET": Ask(GONE)},
    "login/oidc/logout": {"GET": Ask(GONE)},
    "login/unsent": {"GET": Ask(GONE)},
    "logout": {"POST": Ask(303)},
    "account": {"GET": PLAIN, "POST": Ask(303, form={"theme": "dark"})},
    "account/password": {"GET": PLAIN, "POST": Ask(422)},
    "account/second": {"GET": PLAIN, "POST": Ask(400)},
    "account/sessions": {"GET": PLAIN, "POST": Ask(400)},
    "account/rights": {"GET": PLAIN},
    "account/people": {"GET": PLAIN},
    "account/people/add": {"GET": PLAIN, "POST": Ask(422)},
    "account/people/{id}": {"GET": managed(), "POST": managed(409)},  # as forms of rows
    "account/people/{id}/rights": {"GET": managed()},
    "account/people/{id}/disable": {"POST": OTHERS_ACCOUNT},
    "account/people/{id}/enable": {"POST": OTHERS_ACCOUNT},
    "account/people/{id}/password": {"POST": Ask(403, 200, GONE, rows=PEOPLE)},
    "account/people/{id}/second": {"POST": OTHERS_ACCOUNT},
    "account/people/{id}/end": {"POST": managed(303)},
    "account/roles": {"GET": PLAIN},
    "account/roles/add": {"GET": PLAIN, "POST": Ask(422)},
    "account/roles/{id}": {"GET": managed(rows=ROLES), "POST": managed(409, rows=ROLES)},
    "account/roles/{id}/delete": {"GET": managed(rows=ROLES), "POST": managed(409, rows=ROLES, confirm="1")},
    "account/log": {"GET": PLAIN},
    "changes": {"GET": PLAIN},
    "changes/{id}": {"GET": at_row(rows=CHANGES)},
    "changes/{id}/undo": {
        "GET": at_row(rows=CHANGES),
        "POST": at_row(409, rows=CHANGES),
    },  # nobody has looked at the plan
    "database": {"GET": PLAIN},
    "database/diagram": {"GET": PLAIN},
    "database/doctor": {"GET": PLAIN},
    "database/indexes": {"GET": Ask(GONE), "POST": Ask(GONE)},  # this admin makes none
    "database/{name}": {
        "GET": Ask(GONE)
    },  # no table is called as the action is; tests/views/test_database.py
    "{key}": {"GET": BY_OWNER},
    "{key}/rows": {"GET": BY_OWNER},
    "{key}/count": {"GET": BY_OWNER},
    "{key}/add": {
        "GET": BY_OWNER,
        "POST": Ask(303, 422, 422, rows=LIVE, form={**TICKET, "owner": "{}"}),
    },
    "{key}/add/fields": {"POST": Ask(rows=LIVE, form={**TICKET, "owner": "{}"})},
    "{key}/summary": {"GET": BY_OWNER},
    "{key}/export": {
        "GET": Ask(rows=LIVE, query="owner={}"),
        "POST": Ask(rows=LIVE, form={"id": "{}"}),
    },
    "{key}/import": {
        "GET": Ask(403),
        "POST": Ask(403),
    },  # without the right to add or change; tests/security/test_imports.py
    "{key}/import/{id}": {
        "GET": at_row(rows=IMPORTS),
        "POST": at_row(303, rows=IMPORTS, form={"do": "remove"}),
    },
    "{key}/import/{id}/problems": {"GET": at_row(rows=IMPORTS)},
    "{key}/import/{id}/stop": {"POST": at_row(303, rows=IMPORTS)},
    "{key}/views": {
        "GET": PLAIN,
        "POST": Ask(303, rows=LIVE, form={"name": "Mine", "query": "owner={}"}),
    },
    "{key}/views/counts": {"GET": PLAIN},
    "{key}/views/{id}": {"POST": at_row(303, rows=VIEWS, form={"do": "rename", "name": "Other"})},
    "{key}/columns": {"GET": PLAIN, "POST": Ask(303, form={"column": "title"})},
    "{key}/settings": {"POST": Ask(303, form={"density": "compact"})},
    "{key}/facets/{field}": {"GET": BY_OWNER},
    "{key}/lookup/{field}": {"GET": Ask(rows=LIVE, query="q={}")},
    "{key}/actions/progress": {"GET": PLAIN},
    "{key}/actions/edit": {"POST": for_chosen()},
    "{key}/actions/delete": {"POST": for_chosen(303, confirm="1")},
    "{key}/actions/restore": {"POST": for_chosen(303, rows=DELETED)},
    "{key}/actions/purge": {"POST": for_chosen(303, rows=DELETED, confirm="1")},
    "{key}/actions/{name}": {"POST": for_chosen(303, confirm="1")},
    "{key}/{id}": {"GET": at_row()},
    "{key}/{id}/actions": {"GET": at_row()},
    "{key}/{id}/change": {
        "GET": at_row(),
        "POST": at_row(409, form=TICKET),
    },  # it does not say what it had shown
    "{key}/{id}/file/{field}": {"GET": at_row()},
    "{key}/{id}/fields": {"POST": at_row(form=TICKET)},
    "{key}/{id}/cell/{field}": {"GET": at_row(), "POST": at_row(303, form={"owner": "1"})},
    "{key}/{id}/delete": {"GET": at_row(), "POST": at_row(303, form={"confirm": "1"})},
    "{key}/{id}/purge": {
        "GET": at_row(rows=DELETED),
        "POST": at_row(303, rows=DELETED, form={"confirm": "1"}),
    },
    "{key}/{id}/history": {"GET": at_row()},
    "{key}/{id}/restore": {"POST": at_row(303, rows=DELETED)},
}

_SHOWN = (
    *(
        "{key}",
        "{key}/rows",
        "{key}/count",
        "{key}/add",
        "{key}/summary",
        "{key}/export",
        "{key}/facets/{field}",
    ),
    *("{key}/lookup/{field}", "{key}/{id}", "{key}/{id}/actions", "{key}/{id}/change", "{key}/{id}/delete"),
    *("{key}/{id}/purge", "{key}/{id}/history"),
)
_PREVIEWED = ("edit", "delete", "purge", "{name}")
# The statements of a page are for whoever may see the page, and confirming does nothing there.
EXPECTED |= {
    page.replace("{key}", "{key}/explain"): dict.fromkeys(("GET", "POST"), EXPECTED[page]["GET"])
    for page in _SHOWN
} | {
    f"{{key}}/explain/actions/{name}": {"POST": replace(EXPECTED[f"{{key}}/actions/{name}"]["POST"], own=200)}
    for name in _PREVIEWED
}

FIELDS = {"{key}/{id}/file/{field}": "scan"}
"""The field of an address that has one, where it is not ``owner``."""
