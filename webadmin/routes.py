"""The table of addresses: which view answers, with which methods, and which permission it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from webadmin.auth.user import ACCOUNTS, DATABASE, INDEXES
from webadmin.request import AdminRequest, Answer
from webadmin.runtime import Route
from webadmin.views import (
    account,
    actions,
    bulk,
    cell,
    changes,
    changeset,
    count,
    database,
    database_table,
    delete,
    dependents,
    detail,
    diagram,
    doctor,
    explain,
    export,
    facets,
    factor,
    file,
    form,
    history,
    home,
    indexes,
    list,
    login,
    lookup,
    oidc,
    password,
    progress,
    restore,
    row_actions,
    rows,
    second,
    sessions,
    summary,
    undo,
    unsent,
)
from webadmin.views.importing import page as importing
from webadmin.views.importing import problems, start
from webadmin.views.people import people, person, person_acts, rights, role, roles, told
from webadmin.views.saved import columns, counts, settings
from webadmin.views.saved import views as saved_views

BOTH = ("GET", "POST")
POST = ("POST",)

_PAGES = (
    Route("", home.home, "known"),
    Route("login", login.login, "public", BOTH),
    Route("login/second", second.second, "entering", BOTH),
    Route("login/oidc", oidc.start, "public"),
    Route("login/oidc/callback", oidc.callback, "public", writes_on=("GET",)),
    Route("login/oidc/logout", oidc.left, "public"),
    Route("login/unsent", unsent.unsent, "known"),
    Route("logout", login.logout, "entering", POST),
    Route("account", account.account, "known", BOTH),
    Route("account/password", password.password, "entering", BOTH),
    Route("account/sessions", sessions.own_sessions, "known", BOTH),
    Route("account/second", factor.factor, "entering", BOTH),
    Route("account/rights", rights.own, "known"),
    Route("account/people", people.people, ACCOUNTS),
    Route("account/people/add", person.add, ACCOUNTS, BOTH),
    Route("account/people/{id}", person.change, ACCOUNTS, BOTH),
    Route("account/people/{id}/rights", rights.of_person, ACCOUNTS),
    Route("account/people/{id}/disable", person_acts.disable, ACCOUNTS, POST),
    Route("account/people/{id}/enable", person_acts.enable, ACCOUNTS, POST),
    Route("account/people/{id}/password", person_acts.password, ACCOUNTS, POST),
    Route("account/people/{id}/second", person_acts.second, ACCOUNTS, POST),
    Route("account/people/{id}/end", person_acts.end, ACCOUNTS, POST),
    Route("account/roles", roles.roles, ACCOUNTS),
    Route("account/roles/add", role.add, ACCOUNTS, BOTH),
    Route("account/roles/{id}", role.change, ACCOUNTS, BOTH),
    Route("account/roles/{id}/delete", role.delete, ACCOUNTS, BOTH),
    Route("account/log", told.log, ACCOUNTS),
    Route("changes", changes.changes, "known"),
    Route("changes/{id}", changeset.changeset, "known"),
    Route("changes/{id}/undo", undo.undo, "known", BOTH, primary=True),
    Route("database", database.database, DATABASE),
    Route("database/indexes", indexes.indexes, INDEXES, BOTH, primary=True),
    Route("database/doctor", doctor.doctor, DATABASE, primary=True),
    Route("database/diagram", diagram.diagram, DATABASE),
    Route("database/{name}", database_table.table, DATABASE),
    Route("{key}", list.list_page, "view"),
    Route("{key}/rows", rows.rows, "view"),
    Route("{key}/count", count.count, "view", stops=True),
    Route("{key}/add", form.add, "add", BOTH),
    Route("{key}/add/fields", dependents.add, "add", POST, writes_on=(), primary=True),
    Route("{key}/summary", summary.summary, "view"),
    Route("{key}/export", export.export, "export", BOTH, writes_on=()),
    Route("{key}/import", start.start, "import", BOTH, takes_files=True, primary=True),
    Route("{key}/import/{id}", importing.page, "import", BOTH, primary=True),
    Route("{key}/import/{id}/problems", problems.problems, "import", primary=True),
    Route("{key}/import/{id}/stop", importing.stop, "import", POST, writes_on=(), primary=True),
    Route("{key}/views", saved_views.views, "view", BOTH),
    Route("{key}/views/counts", counts.counts, "view"),
    Route("{key}/views/{id}", saved_views.change, "view", POST),
    Route("{key}/columns", columns.columns, "view", BOTH),
    Route("{key}/settings", settings.settings, "view", POST),
    Route("{key}/facets/{field}", facets.facets, "view"),
    Route("{key}/lookup/{field}", lookup.lookup, "view"),
    Route("{key}/actions/progress", progress.progress, "view"),
    Route("{key}/actions/edit", bulk.edit, "change", POST, stops=True),
    Route("{key}/actions/delete", actions.delete, "delete", POST),
    Route("{key}/actions/restore", actions.restore, "restore", POST),
    Route("{key}/actions/purge", actions.purge, "purge", POST),
    Route("{key}/actions/{name}", actions.run, "action:{name}", POST, stops=True),
    Route("{key}/{id}", detail.detail, "view"),
    Route("{key}/{id}/actions", row_actions.row_actions, "view"),
    Route("{key}/{id}/change", form.change, "change", BOTH, primary=True),
    Route("{key}/{id}/file/{field}", file.file, "view"),
    Route("{key}/{id}/fields", dependents.change, "change", POST, writes_on=(), primary=True),
    Route("{key}/{id}/cell/{field}", cell.cell, "change", BOTH, primary=True),
    Route("{key}/{id}/delete", delete.delete, "delete", BOTH, primary=True),
    Route("{key}/{id}/purge", delete.purge, "purge", BOTH, primary=True),
    Route("{key}/{id}/history", history.history, "view"),
    Route("{key}/{id}/restore", restore.restore, "restore", POST),
)

_EXPLAINED: Mapping[str, Callable[[AdminRequest], Answer]] = {
    "{key}": partial(list.list_page, fresh=True),
    "{key}/rows": rows.rows,
    "{key}/count": count.count,
    "{key}/add": form.add,
    "{key}/summary": summary.summary,
    "{key}/export": export.explained,
    "{key}/facets/{field}": facets.facets,
    "{key}/lookup/{field}": lookup.lookup,
    "{key}/actions/edit": bulk.edit,
    "{key}/actions/delete": actions.delete,
    "{key}/actions/purge": actions.purge,
    "{key}/actions/{name}": actions.run,
    "{key}/{id}": detail.detail,
    "{key}/{id}/actions": row_actions.row_actions,
    "{key}/{id}/change": form.change,
    "{key}/{id}/delete": delete.delete,
    "{key}/{id}/purge": delete.purge,
    "{key}/{id}/history": history.history,
}
"""The pages whose statements can be looked at, below ``{key}/explain``, and what makes each of them for that."""


def _explaining(route: Route, page: Callable[[AdminRequest], Answer]) -> Route:
    posted = "GET" not in route.methods
    return Route(
        route.pattern.replace("{key}", "{key}/explain"),
        explain.Explained(page, route.permission, posted=posted),
        "explain",
        POST if posted else BOTH,
        writes_on=(),
        writes_with="" if posted else explain.VERIFY,
        stops=True,
        explains=route,
        primary=route.primary,
    )


_TRUE = ("login", "logout", "account", "database")
"""What comes first in the addresses of pages about people and the server: they show how it is, not how it was."""


def _known(route: Route) -> Route:
    primary = route.primary or route.pattern.partition("/")[0] in _TRUE
    explained = ("GET" if "GET" in route.methods else "POST") if route.pattern in _EXPLAINED else ""
    return replace(route, primary=primary, explained=explained)


ROUTES = (
    *map(_known, _PAGES),
    *(_explaining(route, _EXPLAINED[route.pattern]) for route in _PAGES if route.pattern in _EXPLAINED),
)

# A row may be called as a page below rows is: its panel goes before that page of a row called "explain", which is no key.
_IN_ORDER = sorted(ROUTES, key=lambda route: route.explains is None)
_PARSED = tuple((tuple(route.pattern.split("/")), route) for route in _IN_ORDER)


def match(path: str) -> tuple[Route | None, Mapping[str, str]]:
    """The route of a path below the mount point, and the parts of the address that it names.

    Fixed words stand before parameters in the table, so they win.
    """
    parts = path.strip("/").split("/") if path.strip("/") else [""]
    for pattern, route in _PARSED:
        if len(pattern) != len(parts):
            continue
        params: dict[str, str] = {}
        for expected, part in zip(pattern, parts, strict=True):
            if expected.startswith("{"):
                params[expected[1:-1]] = part
            elif expected != part:
                break
        else:
            return route, params
    return None, {}
