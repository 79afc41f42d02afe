"""Who may do what: a table of a test's, held against what every address answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from webadmin.auth.accounts.identity import with_roles
from webadmin.auth.user import PERMISSIONS, SITE_PERMISSIONS, User
from webadmin.options.view import View
from webadmin.runtime import Route
from webadmin.site import Admin
from webadmin.testing.client import acting
from webadmin.testing.transaction import rolled_back
from webadmin.testing.walk import ABSENT, Answer, Walker, address, routes_of

Matrix = Mapping[str | User, Mapping[str, Collection[str] | bool]]
"""Person, key of a model, what they may do there. ``"*"`` is all that the view offers; what is left out is refused."""

_ASKED = {"id": ABSENT, "_do": "look"}
"""What every POST says: of a row that is not there, and for forms, that they are to be shown again and not saved."""


@dataclass(slots=True)
class _Cell:
    """What was answered by the addresses that take one permission."""

    allowed: list[Answer] = field(default_factory=list)
    refused: list[Answer] = field(default_factory=list)

    def add(self, answer: Answer) -> None:
        (self.refused if answer.refused else self.allowed).append(answer)

    def fault(self, wanted: bool) -> str:
        """What is wrong, in words; nothing where it is as wanted."""
        wrong = self.refused if wanted else self.allowed
        if not wrong:
            return ""
        some = "by some addresses " if (self.allowed if wanted else self.refused) else ""
        said = f"refused {some}and should be allowed" if wanted else f"allowed {some}and should be refused"
        return f"{said}: {', '.join(str(answer).replace(ABSENT, '…') for answer in wrong)}"


def assert_permissions(
    admin: Admin, matrix: Matrix, *, people: Mapping[str, User | None] | None = None
) -> None:
    """Ask every address of every model as every person of the matrix, and fail with each right that is not as it says.

    Nothing is changed: rows are named that do not exist, and all is rolled back.

    :param matrix: ``{"staff": {"orders": {"view", "change"}}}``. A person is a ``User``, a name of ``people``, or the name of
        a role in webadmin's own tables. Rights of the whole site stand beside the models: ``"@accounts": True``.
    :param people: who the names are; None for somebody who is not logged in.
    :raises AssertionError: with one line for each right that is wrong.
    :raises ValueError: for a model or a right that does not exist.
    """
    admin.check()
    faults: list[tuple[str, str, str, str]] = []
    count = 0
    for who, wanted in matrix.items():
        name = who if isinstance(who, str) else who.name
        expected = _expected(admin, wanted)
        cells = _walk(admin, _person(who, people or {}))
        count += len(cells)
        for (key, permission), cell in cells.items():
            if fault := cell.fault(permission in expected.get(key, ())):
                faults.append((name, key, permission, fault))
    if faults:
        widths = [max(len(line[n]) for line in faults) for n in range(3)]
        lines = [
            "  "
            + "  ".join([*(text.ljust(width) for text, width in zip(line, widths, strict=False)), line[3]])
            for line in faults
        ]
        raise AssertionError(
            "\n".join([f"{len(faults)} of {count} rights are not as the matrix says:", *lines])
        )


def permissions_of(admin: Admin, user: User | None) -> dict[str, set[str]]:
    """What somebody may do, by the key of the model, as the addresses answer; rights of the whole site stand under ``""``.

    A right counts that all of its addresses give. For a look, and to begin a matrix with.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for (key, permission), cell in _walk(admin, user).items():
        if cell.allowed and not cell.refused:
            found[key].add(permission)
    return dict(found)


def _person(who: str | User, people: Mapping[str, User | None]) -> User | None:
    if isinstance(who, User):
        return who
    return people[who] if who in people else User(who, grants=(), roles=(who,))


def _expected(admin: Admin, wanted: Mapping[str, Collection[str] | bool]) -> dict[str, Collection[str]]:
    """What is wanted by key, with names instead of ``"*"``. Raises ValueError."""
    views = admin.registry.views
    found: dict[str, Collection[str]] = {"": {name for name in SITE_PERMISSIONS if wanted.get(name)}}
    for key, rights in wanted.items():
        if key in SITE_PERMISSIONS:
            continue
        if key not in views:
            raise ValueError(f"there is no list {key!r}; there are {', '.join(views)}")
        known = _permissions(views[key])
        if isinstance(rights, bool):
            rights = {"*"} if rights else ()
        given = set(rights.split() if isinstance(rights, str) else rights)
        if unknown := given - known - {"*"}:
            raise ValueError(
                f"{key} has no right {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}"
            )
        offered = {name for name in known if views[key].allows(User(""), name)}
        found[key] = offered if "*" in given else given
    return found


def _permissions(view: View) -> set[str]:
    return {*PERMISSIONS, *(f"action:{name}" for name in view.actions)}


def _walk(admin: Admin, user: User | None) -> dict[tuple[str, str], _Cell]:
    """What every address answers to somebody, by model and permission."""
    admin.check()
    cells: dict[tuple[str, str], _Cell] = defaultdict(_Cell)
    with rolled_back(admin), Walker(acting(admin, user)) as walker:
        known = _with_roles(admin, user)
        for view in (None, *admin.registry):
            key = "" if view is None else view.key
            for route, permission, name in routes_of(view):
                if view is None and permission not in SITE_PERMISSIONS:
                    continue
                if not _may_open(known, view, route.explains):
                    continue
                for method in route.methods:
                    answer = walker.ask(method, address(route, {"key": key, "name": name}), _ASKED)
                    cells[key, permission].add(answer)
        for view in admin.registry:  # rights that are asked within pages, and have no address
            for permission in _permissions(view):
                if (view.key, permission) not in cells:
                    may = known is not None and view.allows(known, "view") and view.allows(known, permission)
                    answer = Answer("asked for", permission, 200 if may else 403, "")
                    cells[view.key, permission].add(answer)
    return cells


def _may_open(user: User | None, view: View | None, page: Route | None) -> bool:
    """Whether somebody may see the page that a panel is about, which the panel takes besides its own permission; True for
    what is no panel."""
    if page is None or view is None:
        return True
    return user is not None and "{" not in page.permission and view.allows(user, page.permission)


def _with_roles(admin: Admin, user: User | None) -> User | None:
    """The person with what their roles give them, where there are tables of roles."""
    database, limits = admin.runtime.database, admin.runtime.responder.settings.timeouts
    if user is None or not user.roles:
        return user
    with database.transaction(read_only=True, timeouts=limits) as session:
        there = admin.runtime.accounts.ask(database.dialect, session.connection())
        return with_roles(session, user) if there else user
