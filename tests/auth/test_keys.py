"""Secret keys: what signs, what is still accepted, and which keys are none."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import Engine

from tests.security.desk import Ticket, Visitor, admin_of, fill, stored
from webadmin import Accounts, Admin
from webadmin.auth.cookie import CookieSigner, SessionData
from webadmin.auth.identity import TokenLogin
from webadmin.auth.keys import VARIABLE, Keys
from webadmin.errors import OptionsError

OLD, NEW = "old-" + "o" * 40, "new-" + "n" * 40


def test_each_use_has_a_key_of_its_own() -> None:
    """What was signed for one purpose, or with another key, is worth nothing; no key shows in a log line."""
    keys = Keys([NEW, OLD])
    mark = keys.mark("one", "ada")
    assert keys.marked("one", "ada", mark)
    for purpose, content, sent in (
        ("two", "ada", mark),
        ("one", "bob", mark),
        ("one", "ada", ""),
        ("one", "ada", "é"),
    ):
        assert not keys.marked(purpose, content, sent)
    assert not Keys(OLD).marked("one", "ada", mark)
    assert keys.marked("one", "ada", Keys(OLD).mark("one", "ada"))
    assert OLD not in repr(keys)
    assert NEW not in repr(keys)


def test_a_key_is_changed_while_pages_are_open(sqlite_engine: Engine) -> None:
    """With the old key behind the new one nobody notices: sessions, forms and places in lists go on; without it
    each of them is refused."""
    fill(sqlite_engine)
    before = Visitor(admin_of(sqlite_engine, secret_key=OLD))
    form = before.page("/tickets/1/change/").form("form")
    before.submit("/account/", {"theme": "dark"})
    more = before.page("/tickets/rows?per_page=1").css("[data-more], [hx-get]")
    address = next(link.get("hx-get") or link.get("href") for link in more if "after=" in str(link.attrib))
    for keys, there in (((NEW, OLD), True), ((NEW,), False)):
        after = Visitor(admin_of(sqlite_engine, secret_key=keys))
        after.cookies.update(before.cookies)
        assert after.get(address).status_code == (200 if there else 400)
        answer = after.post("/tickets/1/change/", data={**form, "title": f"Title {len(keys)}"})
        assert answer.status_code == (303 if there else 403)
        assert stored(sqlite_engine, Ticket, 1).title == "Title 2"
        if there:
            kept = dict(after.cookies)
    last = Visitor(admin_of(sqlite_engine, secret_key=[NEW, None, ""]))
    last.cookies.update(kept)
    assert last.page("/tickets/").one("html").get("data-theme") == "dark", "signed with the new one by now"


@pytest.mark.parametrize(
    ("given", "variable", "fault"),
    [
        (None, None, "no key is set"), ("", "", "no key is set"), ("short", None, "fewer than 32"), ([NEW, "short"], None, "fewer than 32"),
        ([NEW, OLD], None, None), (None, NEW, None), (None, f" {NEW} , {OLD} ", None), (NEW, "short", None),
    ],
)  # fmt: skip
def test_what_is_wrong_with_keys(
    given: object,
    variable: str | None,
    fault: str | None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Those given win over those of the environment; a short one is said once in the log, and none is one made anew."""
    if variable is None:
        monkeypatch.delenv(VARIABLE, raising=False)
    else:
        monkeypatch.setenv(VARIABLE, variable)
    with caplog.at_level(logging.WARNING, "webadmin"):
        keys = Keys.of(given)  # type: ignore[arg-type]
    assert fault in str(keys.fault()) if fault else keys.fault() is None
    assert len(caplog.records) == (fault == "fewer than 32")
    assert "short" not in caplog.text
    assert keys.mark("x", "y") != Keys().mark("x", "y")
    if variable and given is None:
        assert keys.marked("x", "y", Keys(NEW).mark("x", "y"))


def test_a_short_key_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stops the start, in one line that does not say the key."""
    monkeypatch.setenv(VARIABLE, f"{NEW},hunter2")
    with pytest.raises(OptionsError, match="fewer than 32") as caught:
        Keys.of(None)
    assert "hunter2" not in str(caught.value)


def test_a_session_goes_no_further_than_its_admin() -> None:
    """A cookie of one mount point is none at another, with the same key."""
    signer = CookieSigner(Keys(NEW))
    value = (
        signer.header(SessionData(id="1", user="ada"), "/a", secure=True).partition("=")[2].partition(";")[0]
    )
    assert signer.read(value, "/a").user == "ada"
    assert signer.read(value, "/b").user == ""


@pytest.mark.parametrize(
    ("given", "says"), [(None, "no key is set"), ("short", "fewer than 32"), (NEW, None)]
)
def test_accounts_need_a_key(
    sqlite_engine: Engine, given: str | None, says: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People who log in with passwords need a key that lasts and cannot be guessed: else the admin does not start. Whoever starts it
    for themselves, with the terminal's token, needs none."""
    monkeypatch.delenv(VARIABLE, raising=False)
    Admin(sqlite_engine, identify=Accounts(terminal=TokenLogin()), secret_key=given).check()
    admin = Admin(sqlite_engine, identify=Accounts(), secret_key=given)
    if says is None:
        admin.check()
    else:
        with pytest.raises(OptionsError, match=says):
            admin.check()
