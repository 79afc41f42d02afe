"""Everything that an admin can be asked about one row: every address, with every parameter that could lead to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from webadmin.options.view import View
from webadmin.runtime import Route
from webadmin.site import Admin
from webadmin.testing.foreign import ForeignRow
from webadmin.testing.walk import ABSENT, address, routes_of


@dataclass(frozen=True, slots=True)
class Question:
    """A request.

    :param gone: the answer must be that there is no such row, or that this is not allowed.
    :param empty: the answer must be a list without rows.
    """

    method: str
    path: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    typed: tuple[str, ...] = ()
    gone: bool = False
    empty: bool = False


def questions(admin: Admin, row: ForeignRow) -> Iterator[Question]:
    """All of them; the order is that of the routes."""
    yield from _of_the_site()
    yield from _of_the_row(row)
    yield from _of_chosen_rows(row)
    yield from _of_the_list(row)
    for view in admin.registry:
        for name in _leading_to(view, row):
            yield from _by_relation(view, name, row)
    for model, id in row.related():
        neighbour = admin.registry.for_model(model)
        if neighbour is not None:
            yield from _of_a_neighbour(neighbour, id)


def _of_the_site() -> Iterator[Question]:
    for route, permission, _name in routes_of(None):
        if "{" not in route.pattern and "GET" in route.methods and permission != "public":
            yield Question("GET", address(route, {}))
    yield Question("GET", "/changes/?deleted")


def _of_the_row(row: ForeignRow) -> Iterator[Question]:
    """Its own pages, with every field that a page could have."""
    view = row.view
    fields = dict.fromkeys([*view.info.columns, *view.info.relations, *view.uploads])
    posted = {**row.values, "confirm": "1", "_shown": ABSENT}
    for route, _permission, _name in routes_of(view):
        if "{id}" not in route.pattern or "/views/" in route.pattern:
            continue
        for name in fields if "{field}" in route.pattern else [""]:
            path = address(route, {"key": view.key, "id": row.id, "field": name})
            # A panel answers both in the same way.
            for method in route.methods[: 1 if route.explains else None]:
                sent = {name: "" if value is None else value for name, value in posted.items()}
                yield Question(method, path, sent if method == "POST" else {}, gone=True)


def _of_chosen_rows(row: ForeignRow) -> Iterator[Question]:
    """What is done with rows that are chosen in a list, one by one or all of them."""
    view, every = row.view, {"all": "1", "query": "deleted=show"}
    for route, _permission, name in routes_of(view):
        if "/actions/" in route.pattern and "{id}" not in route.pattern and "POST" in route.methods:
            path = address(route, {"key": view.key, "name": name})
            for confirm in ({}, {"confirm": "1"}):
                yield Question("POST", path, {"id": row.id, **confirm}, gone=True)
        elif (
            "{" not in route.pattern.removeprefix("{key}") and "POST" in route.methods and not route.explains
        ):
            for chosen in ({"id": row.id}, every):
                yield Question("POST", address(route, {"key": view.key}), {**chosen, "_do": "look"})


def _of_the_list(row: ForeignRow) -> Iterator[Question]:
    """Every page of its list, asked in every way that could bring it up."""
    view = row.view
    every = {"columns": ",".join(view.all_columns), "per_page": "100"}
    asked: list[tuple[dict[str, str], str, bool]] = [({}, "", False)]
    asked += [(every | {"deleted": which}, "", False) for which in ("show", "only")]
    asked += [({"sort": f"{name}{way}"}, "", False) for name in view.sortable for way in ("", ":desc")]
    asked += [({"q": marker}, marker, True) for marker in row.markers]
    asked += [({"group": name}, "", False) for name in view.filters]
    for name, option in view.filters.items():
        value = row.values.get(name) if option.attribute.column is not None else None
        if value is not None:
            text = value if isinstance(value, str) else str(value)
            own = text in row.markers
            asked.append(({name: text}, text, own))
            asked.append(({"where": f'{name}:"{text}"'.replace("\\", "\\\\")}, text, False))
    for route, _permission, _name in routes_of(view):
        if "{id}" in route.pattern or "{name}" in route.pattern or "GET" not in route.methods:
            continue
        of_a_field = "{field}" in route.pattern
        for name in _fields(view, route.pattern):
            path = address(route, {"key": view.key, "field": name})
            for parameters, typed, empty in asked[: 1 if _is_beside(route) else None]:
                if of_a_field and parameters and "q" not in parameters and "deleted" not in parameters:
                    continue  # the list itself is asked in that way
                query = f"?{urlencode(parameters)}" if parameters else ""
                lists = route.pattern in {"{key}", "{key}/rows", "{key}/count"}
                yield Question("GET", path + query, typed=(typed,) if typed else (), empty=empty and lists)


def _is_beside(route: Route) -> bool:
    """Whether it shows the statements of a page beside the list, which is asked itself in every way."""
    return route.explains is not None and route.explains.pattern != "{key}"


def _fields(view: View, pattern: str) -> list[str]:
    if "{field}" not in pattern:
        return [""]
    if "/lookup/" in pattern:
        return [*view.info.relations, *view.filters]
    return list(view.filters)


def _leading_to(view: View, row: ForeignRow) -> list[str]:
    """The relations of a view by which rows of the foreign row's model are named."""
    filters = {
        name: option.attribute.relation.target
        for name, option in view.filters.items()
        if option.attribute.relation is not None
    }
    fields = {name: info.target for name, info in view.info.relations.items() if name in view.form_columns}
    return [name for name, target in (filters | fields).items() if target is row.view.model]


def _by_relation(view: View, name: str, row: ForeignRow) -> Iterator[Question]:
    """Naming it, and looking for it, where rows of another list point to it."""
    own = {"key": view.key, "field": name}
    for route, _permission, _name in routes_of(view):
        if "{id}" in route.pattern or "GET" not in route.methods or "{name}" in route.pattern:
            continue
        if _is_beside(route):
            continue
        path = address(route, own)
        yield Question("GET", f"{path}?{urlencode({name: row.id})}")
        if "/lookup/" in route.pattern:
            yield Question("GET", path)
            for typed in (row.id, *row.markers):
                yield Question("GET", f"{path}?{urlencode({'q': typed})}", typed=(typed,))


def _of_a_neighbour(view: View, id: str) -> Iterator[Question]:
    """The pages of a row that it is related to."""
    for route, _permission, _name in routes_of(view):
        fixed = "{field}" not in route.pattern and "{name}" not in route.pattern
        if "{id}" in route.pattern and fixed and "/views/" not in route.pattern and "GET" in route.methods:
            yield Question("GET", address(route, {"key": view.key, "id": id}))
