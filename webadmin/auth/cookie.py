"""The signed session cookie: who, the CSRF secret's anchor, messages for the next page, how pages look."""

from __future__ import annotations

import re
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from webadmin.auth.keys import Keys

_MAX_AGE = 14 * 24 * 3600
"""Seconds after which a cookie counts no more."""
_MAX_MESSAGES = 5
_MAX_DEVICES = 3
_LONGEST = 3800
"""Characters of a cookie's value; browsers drop a cookie of more than 4096 bytes, name and all, without a word."""
_PORT = re.compile(r":[0-9]{1,5}$", re.ASCII)


@dataclass(slots=True)
class SessionData:
    """What the cookie holds. ``dirty`` once something changed and the cookie must be sent."""

    id: str = ""
    user: str = ""
    """Name of the person who logged in here; empty for nobody."""
    messages: list[dict[str, Any]] = field(default_factory=list)
    preferences: dict[str, str] = field(default_factory=dict)
    """theme, density, zone, shortcuts."""
    kept: dict[str, Any] = field(default_factory=dict)
    """What is kept of lists; see ``webadmin.saved``."""
    devices: dict[str, str] = field(default_factory=dict)
    """Ids of accounts that this browser has logged in to, each with the mark that failed logins are counted by."""
    flow: dict[str, str] = field(default_factory=dict)
    """What has to come back with somebody who has gone out to log in elsewhere."""
    written: list[int] = field(default_factory=list)
    """Where the database's log was behind what was written here last; see ``webadmin.database.replica``."""
    dirty: bool = False

    def wrote(self, mark: Sequence[int] | None) -> None:
        """Remember that something was written; None where nobody will ask."""
        if mark is not None:
            self.written, self.dirty = list(mark), True

    def go_out(self, flow: dict[str, str]) -> None:
        """Remember what somebody has to bring back from another place; of several times the last one."""
        self.flow, self.dirty = flow, True

    def come_back(self) -> dict[str, str]:
        """What was remembered, once: nobody comes back twice."""
        flow = self.flow
        if flow:
            self.flow, self.dirty = {}, True
        return flow

    def log_in(self, name: str) -> None:
        """A new session id, so that one planted before the login is worth nothing."""
        self.id, self.user, self.messages, self.dirty = secrets.token_urlsafe(24), name, [], True

    def renew(self) -> None:
        """A new session id for the same person, as their rights rise."""
        self.id, self.dirty = secrets.token_urlsafe(24), True

    def log_out(self) -> None:
        self.id, self.user, self.messages, self.dirty = secrets.token_urlsafe(24), "", [], True

    def know(self, account: str) -> None:
        """Remember that somebody has logged in to this account here; of several people the last ones."""
        mark = self.devices.pop(account, "") or secrets.token_urlsafe(12)
        self.devices = dict([*self.devices.items(), (account, mark)][-_MAX_DEVICES:])
        self.dirty = True

    def add_message(self, message: dict[str, Any]) -> None:
        self.messages = [*self.messages, message][-_MAX_MESSAGES:]
        self.dirty = True

    def take_messages(self) -> list[dict[str, Any]]:
        taken = self.messages
        if taken:
            self.messages, self.dirty = [], True
        return taken

    def keep(self, kept: dict[str, Any]) -> None:
        if self.kept != kept:
            self.kept, self.dirty = kept, True

    def prefer(self, name: str, value: str) -> None:
        if self.preferences.get(name) != value:
            self.preferences = {**self.preferences, name: value}
            self.dirty = True


class CookieSigner:
    """Reads and writes the session cookie.

    :param keys: a cookie signed with another key than these counts as none, and so does one of another mount
        point: admins of one host may share the key and have different people.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def _serializer(self, root: str) -> URLSafeTimedSerializer:
        return self._keys.timed("session", root or "/")

    @staticmethod
    def name(root: str, host: str = "", *, secure: bool = False) -> str:
        """The cookie's name: one for each mount point and port, so that two admins of one host do not share it.

        :param host: as the request's header has it. Browsers send the cookies of one port to all others.
        :param secure: the request came by https. Browsers then let nobody else set a cookie of that name, neither a
            neighbouring host nor whoever answers for this one without https (``__Host-`` of RFC 6265bis).
        """
        found = _PORT.search(host)
        place = root + (found[0] if found else "")
        return f"{'__Host-' if secure else ''}webadmin_{zlib.crc32(place.encode()):08x}"

    def read(self, value: str | None, root: str = "") -> SessionData:
        """The data of a cookie of the admin at ``root``; a new session where there is none, or none of ours."""
        if value:
            try:
                content = self._serializer(root).loads(value, max_age=_MAX_AGE)
                return SessionData(
                    id=str(content["i"]),
                    user=str(content.get("u", "")),
                    messages=list(content.get("m", [])),
                    preferences=dict(content.get("p", {})),
                    kept=dict(content.get("k", {})),
                    devices=dict(content.get("d", {})),
                    flow=dict(content.get("f", {})),
                    written=[int(part) for part in content.get("w", [])],
                )
            except (BadData, KeyError, TypeError, ValueError):
                pass
        return SessionData(id=secrets.token_urlsafe(24), dirty=True)

    def header(self, data: SessionData, root: str, *, secure: bool, host: str = "") -> str:
        """The ``Set-Cookie`` header's value."""
        value, messages = self._value(data, root, data.messages), data.messages
        while messages and len(value) > _LONGEST:
            messages = messages[1:]
            value = self._value(data, root, messages)
        parts = [
            f"{self.name(root, host, secure=secure)}={value}",
            f"Path={'/' if secure else root or '/'}",  # the prefix asks for it; the name tells the places apart
            f"Max-Age={_MAX_AGE}",
            "HttpOnly",
            "SameSite=Lax",
        ]
        if secure:
            parts.append("Secure")
        return "; ".join(parts)

    def _value(self, data: SessionData, root: str, messages: list[dict[str, Any]]) -> str:
        content: dict[str, Any] = {"i": data.id}
        if data.user:
            content["u"] = data.user
        if messages:
            content["m"] = messages
        if data.preferences:
            content["p"] = data.preferences
        if data.kept:
            content["k"] = data.kept
        if data.devices:
            content["d"] = data.devices
        if data.flow:
            content["f"] = data.flow
        if data.written:
            content["w"] = data.written
        value = self._serializer(root).dumps(content)
        return value.decode() if isinstance(value, bytes) else str(value)
