"""Text, UUIDs, bytes and addresses of a network."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface, ip_network
from typing import Any
from uuid import UUID

from webadmin.forms.codecs.base import Codec
from webadmin.text import gettext as _
from webadmin.text import ngettext


class TextCodec(Codec):
    """Text of any length, kept to the letter, line ends as the stored text has them."""

    keeps_blanks = True

    def __init__(self, length: int | None = None, *, long: bool = False) -> None:
        self.maxlength = length
        self.wide = long
        self.control = "textarea" if long else "text"

    def parse(self, text: str) -> str:
        text = lines_of(text)
        check_text(text)
        if self.maxlength is not None and len(text) > self.maxlength:
            message = ngettext("At most {most} character.", "At most {most} characters.", self.maxlength)
            raise ValueError(
                (message + " " + _("This has {count}.")).format(most=self.maxlength, count=len(text))
            )
        return text

    def blank(self, stored: Any, *, nullable: bool) -> str | None:
        return None if nullable else ""

    def like(self, value: Any, stored: Any) -> Any:
        if isinstance(stored, str) and "\r\n" in stored and "\n" not in stored.replace("\r\n", ""):
            return value.replace("\n", "\r\n")
        return value


class UuidCodec(Codec):
    """A UUID with or without dashes and braces."""

    placeholder = "00000000-0000-0000-0000-000000000000"

    def __init__(self, *, as_text: bool) -> None:
        self.as_text = as_text

    def parse(self, text: str) -> UUID | str:
        try:
            value = UUID(text.strip())
        except ValueError:
            raise ValueError(_("Enter a UUID: 32 digits and letters from a to f, in groups.")) from None
        return str(value) if self.as_text else value

    def same(self, one: Any, other: Any) -> bool:
        return str(one).lower() == str(other).lower()


class HexCodec(Codec):
    """A few bytes, such as a hash that rows are told apart by, as digits in pairs."""

    placeholder = "00ff"

    def format(self, value: Any) -> str:
        return bytes(value).hex()

    def parse(self, text: str) -> bytes:
        try:
            return bytes.fromhex(text)
        except ValueError:
            raise ValueError(_("Enter pairs of the digits 0 to 9 and a to f, such as 00ff.")) from None


class NetworkCodec(Codec):
    """A host's address, with or without the size of its network, or (``network``) a network."""

    def __init__(self, *, network: bool) -> None:
        self.network = network
        self.placeholder = "10.0.0.0/8" if network else "10.0.0.1"

    def parse(self, text: str) -> str:
        text = text.strip()
        try:
            return str(
                ip_network(text) if self.network else ip_interface(text) if "/" in text else ip_address(text)
            )
        except ValueError:
            if self.network:
                message = _(
                    "Enter a network, such as 10.0.0.0/8: no bit may be set to the right of its size."
                )
            else:
                message = _("Enter an address, such as 10.0.0.1, 10.0.0.1/24 or 2001:db8::1.")
            raise ValueError(message) from None

    def same(self, one: Any, other: Any) -> bool:
        return str(one) == str(other)


def lines_of(text: str) -> str:
    """``text`` with its line ends as one character: browsers send two."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_text(text: str) -> None:
    """Raise ValueError where ``text`` holds what no database takes as text."""
    if "\x00" in text:
        raise ValueError(_("Text cannot hold the character NUL (0)."))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(_("This text has a broken character in it.")) from None
