"""People, roles and rights."""

from __future__ import annotations

from typing import Any

from webadmin.views.people.common import NoAccountsPage, Tab
from webadmin.views.people.facts import Facts, LoginLine, Moment
from webadmin.views.people.granting import GrantBox, GrantRow, GrantTable
from webadmin.views.people.people import Option, PeoplePage, PersonLine
from webadmin.views.people.person import HandedPage, PersonPage, RoleChoice
from webadmin.views.people.reasons import RightLine
from webadmin.views.people.rights import RightsList, RightsPage
from webadmin.views.people.role import HolderLine, RoleDeletePage, RolePage
from webadmin.views.people.roles import RoleLine, RolesPage
from webadmin.views.people.told import EventLine, LogPage

_HERE = "/admin/account/people/"
_ROLES = "/admin/account/roles/"
_TABS = (Tab("People", _HERE, True), Tab("Roles", _ROLES, False))
_AT = Moment("2 hours ago", "4 Mar 2026, 12:00", "2026-03-04T12:00:00+00:00")
_TABLE = GrantTable(
    ("Everything", "View"),
    (
        GrantRow("*", "All lists", (None, GrantBox("*.view", "View: all lists", "View", False, True)), ()),
        GrantRow(
            "orders",
            "Orders",
            (
                GrantBox("orders.*", "Everything: Orders", "Everything", False, False),
                GrantBox("orders.view", "View: Orders", "View", True, False),
            ),
            (GrantBox("orders.action:ship", "Ship: Orders", "Ship", True, False),),
        ),
    ),
    (GrantBox("*", "Everything", "Everything", False, True),),
    (GrantBox("gone.view", "gone.view", "gone.view", True, False),),
    3,
    True,
)
_EVENTS = (
    EventLine(
        "1",
        "Ada <x>",
        "changed",
        "Lena",
        f"{_HERE}1/",
        ("Roles: +Packing",),
        "now",
        "4 Mar",
        "2026",
        "ok",
        "plus",
    ),
    EventLine("2", "Ada", "deleted", "Old", None, (), "now", "4 Mar", "2026", "bad", "trash"),
)


def people_page() -> PeoplePage:
    """Several, on several pages."""
    lines = (
        PersonLine(
            "1", "lena", "Lena Ortiz", "l@x.org", f"{_HERE}1/", ("Packing",), _AT, False, False, True, True
        ),
        PersonLine("2", "old", "", "", f"{_HERE}2/", (), None, True, False, False, False),
        PersonLine("3", "new", "", "", f"{_HERE}3/", (), None, False, True, False, False),
    )
    options = (Option("enabled", "May log in", True),)
    return PeoplePage(
        _TABS, _HERE, f"{_HERE}add/", False, "le", options, options, True, lines, 60, 2, 3, f"{_HERE}?page=1", f"{_HERE}?page=3"
    )  # fmt: skip


def bare_people_page() -> PeoplePage:
    return PeoplePage((), _HERE, None, True, "", (), (), False, (), 0, 1, 1, None, None)


def person_page(**changes: Any) -> PersonPage:
    """With everything that can be done, and everything wrong."""
    wrong = dict.fromkeys(("name", "full_name", "email", "role", "grant", "state"), "Not like this.")
    facts = Facts(
        _AT, _AT, _AT, "192.0.2.7", True, False, True, True, False, f"{_HERE}1/rights/", "/admin/account/",
        f"{_HERE}1/disable/", f"{_HERE}1/enable/", f"{_HERE}1/password/", f"{_HERE}1/second/", f"{_HERE}1/end/",
        (LoginLine("7", "Firefox on Linux", "192.0.2.7", _AT, _AT, False), LoginLine("8", "Edge", "", _AT, _AT, True)),
        _EVENTS,
    )  # fmt: skip
    given: dict[str, Any] = {
        "tabs": _TABS,
        "id": "1",
        "title": "Lena Ortiz",
        "action_url": f"{_HERE}1/",
        "people_url": _HERE,
        "values": {"name": "lena", "full_name": "Lena Ortiz", "email": "l@x.org"},
        "roles": (RoleChoice("5", "Packing", "Packs", True, False), RoleChoice("6", "Root", "", False, True)),
        "table": _TABLE,
        "state": "s",
        "barrier": "",
        "errors": wrong,
        "facts": facts,
    }
    return PersonPage(**(given | changes))


def bare_person_page() -> PersonPage:
    empty = GrantTable((), (), (), (), 0, False)
    values = dict.fromkeys(("name", "full_name", "email"), "")
    return person_page(
        tabs=(), id="", values=values, roles=(), table=empty, barrier="No.", errors={}, facts=None
    )


def handed_page() -> HandedPage:
    return HandedPage(_TABS, "Lena", "aaaaa-bbbbb", True, f"{_HERE}1/", _HERE)


def bare_handed_page() -> HandedPage:
    return HandedPage((), "Lena", "aaaaa-bbbbb", False, f"{_HERE}1/", _HERE)


def role_page(**changes: Any) -> RolePage:
    """With everything wrong."""
    given: dict[str, Any] = {
        "tabs": _TABS,
        "id": "5",
        "title": "Packing",
        "action_url": f"{_ROLES}5/",
        "roles_url": _ROLES,
        "name": "Packing",
        "description": "Packs\nand sends",
        "needs_second_factor": True,
        "table": _TABLE,
        "state": "s",
        "barrier": "",
        "errors": dict.fromkeys(("name", "description", "grant", "state"), "Not like this."),
        "holders": (
            HolderLine("lena", "Lena", f"{_HERE}1/", False),
            HolderLine("old", "", f"{_HERE}2/", True),
        ),
        "people_url": f"{_HERE}?role=5",
        "delete_url": f"{_ROLES}5/delete/",
        "events": _EVENTS,
    }
    return RolePage(**(given | changes))


def bare_role_page() -> RolePage:
    empty = GrantTable((), (), (), (), 0, False)
    return role_page(
        tabs=(), id="", barrier="No.", errors={}, holders=(), delete_url=None, events=(), table=empty
    )


def role_delete_page() -> RoleDeletePage:
    """Somebody has it."""
    two = (HolderLine("lena", "Lena", f"{_HERE}1/", False), HolderLine("old", "", f"{_HERE}2/", True))
    return RoleDeletePage("Delete", "Packing", f"{_ROLES}5/delete/", f"{_ROLES}5/", _ROLES, "s", two)


def bare_role_delete_page() -> RoleDeletePage:
    return RoleDeletePage("Delete", "Packing", f"{_ROLES}5/delete/", f"{_ROLES}5/", _ROLES, "s", ())


def roles_page() -> RolesPage:
    lines = (
        RoleLine("5", "Packing", f"{_ROLES}5/", "Packs", True, 1200, f"{_HERE}?role=5", "Orders: view"),
        RoleLine("6", "None", f"{_ROLES}6/", "", False, 0, f"{_HERE}?role=6", "no rights"),
    )
    return RolesPage(_TABS, lines, f"{_ROLES}add/", True)


def bare_roles_page() -> RolesPage:
    return RolesPage((), (), None, False)


def log_page() -> LogPage:
    return LogPage(_TABS, _EVENTS, "/admin/account/log/", "/admin/account/log/?before=1")


def bare_log_page() -> LogPage:
    return LogPage((), (), None, None)


def rights_page(**changes: Any) -> RightsPage:
    """One thing asked about somebody else."""
    yes = RightLine("view", "View", True, ("the role “Packing”: orders.view",))
    no = RightLine("delete", "Delete", False, ("No role gives it.",))
    options = (Option("orders", "Orders", True),)
    given: dict[str, Any] = {
        "tabs": _TABS,
        "own": False,
        "name": "Lena <b>",
        "disabled": True,
        "roles": ("Packing",),
        "url": f"{_HERE}1/rights/",
        "person_url": f"{_HERE}1/",
        "account_url": "/admin/account/",
        "people_url": _HERE,
        "lists": options,
        "permissions": options,
        "narrowed": True,
        "answer": no,
        "site": (yes, no),
        "found": (
            RightsList(
                "orders", "Orders", "/admin/orders/", (yes, no), ("View",), ("Only some rows.",), True
            ),
            RightsList("products", "Products", None, (no,), (), (), False),
        ),
    }
    return RightsPage(**(given | changes))


def bare_rights_page() -> RightsPage:
    return rights_page(
        tabs=(), own=True, disabled=False, roles=(), person_url=None, people_url=None, lists=(), permissions=(),
        narrowed=False, answer=None, site=(), found=(),
    )  # fmt: skip


PAGES = {
    "people.html": (people_page, bare_people_page),
    "person.html": (person_page, bare_person_page),
    "handed.html": (handed_page, bare_handed_page),
    "roles.html": (roles_page, bare_roles_page),
    "role.html": (role_page, bare_role_page),
    "role_delete.html": (role_delete_page, bare_role_delete_page),
    "people_log.html": (log_page, bare_log_page),
    "no_accounts.html": (lambda: NoAccountsPage(people_page().tabs), lambda: NoAccountsPage(())),
    "rights.html": (rights_page, bare_rights_page),
}
"""Template to its full and its bare context."""
