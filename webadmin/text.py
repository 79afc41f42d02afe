"""Words: translated texts, names of models and columns in words, numbers and times as people write them.

Texts are English in the source; a catalog of another language is ``webadmin/locale/<language>/LC_MESSAGES/webadmin.mo``.
The language and the time zone belong to a request and are set with :func:`use_locale`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_skeleton
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

_CATALOGS = Path(__file__).resolve().parent / "locale"
_language: ContextVar[str] = ContextVar("webadmin_language", default="en")
_zone: ContextVar[tzinfo] = ContextVar("webadmin_zone", default=UTC)


@contextmanager
def use_locale(language: str = "en", zone: str = "UTC") -> Iterator[None]:
    """Within it texts, numbers and dates are in ``language`` and times in ``zone`` (an IANA name).

    An unknown language counts as English, an unknown zone as UTC: both come from a browser.
    """
    language_token = _language.set(language if _known_language(language) else "en")
    zone_token = _zone.set(_zone_named(zone))
    try:
        yield
    finally:
        _language.reset(language_token)
        _zone.reset(zone_token)


def current_language() -> str:
    """The language of this request as a code: ``en``, ``pt_BR``."""
    return _language.get()


def current_zone() -> tzinfo:
    """The time zone of this request."""
    return _zone.get()


def text_direction() -> str:
    """``rtl`` for languages written from right to left, else ``ltr``."""
    return "rtl" if Locale.parse(_language.get()).text_direction == "rtl" else "ltr"


def gettext(message: str) -> str:
    """``message`` in the language of this request; the message itself where there is no translation."""
    return _catalog(_language.get()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form of the text that fits the number ``n``, in the language of this request."""
    return _catalog(_language.get()).ngettext(singular, plural, n)


_ = gettext


@lru_cache(maxsize=64)
def _catalog(language: str) -> NullTranslations:
    return Translations.load(_CATALOGS, [language], "webadmin")


@lru_cache(maxsize=256)
def _known_language(language: str) -> bool:
    try:
        Locale.parse(language)
    except (ValueError, UnknownLocaleError):
        return False
    return True


@lru_cache(maxsize=1024)
def _zone_named(zone: str) -> tzinfo:
    if zone == "UTC":
        return UTC
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder of zones
        return UTC


def zone_names() -> tuple[str, ...]:
    """The names of zones that a person can choose from, sorted, UTC first."""
    regions = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    places = (name for name in get_global("zone_territories") if name.startswith(regions))
    return ("UTC", *sorted(places))


# Names ------------------------------------------------------------------------------------------------------------

_ACRONYMS = frozenset(
    "api cpu css csv db dns ean gtin html http https iban id imei ip isbn iso json kpi mac pdf pin rfc seo sku sms sql "
    "ssn ssl tls tsv ui uri url utc uuid vat vin xml zip".split()
) - {"pin", "zip", "mac"}
_IRREGULAR = {
    "person": "people", "child": "children", "man": "men", "woman": "women", "foot": "feet", "tooth": "teeth",
    "mouse": "mice", "goose": "geese", "datum": "data", "medium": "media", "criterion": "criteria",
    "analysis": "analyses", "basis": "bases", "axis": "axes", "index": "indexes", "quiz": "quizzes", "leaf": "leaves",
    "life": "lives", "shelf": "shelves", "half": "halves", "movie": "movies", "cookie": "cookies", "tie": "ties",
    "cache": "caches", "headache": "headaches", "hero": "heroes", "potato": "potatoes", "echo": "echoes",
    "diagnosis": "diagnoses", "bus": "buses", "lens": "lenses", "canvas": "canvases", "alias": "aliases",
    "gas": "gases", "status": "statuses", "bonus": "bonuses", "virus": "viruses", "menu": "menus",
}  # fmt: skip
_SINGULARS = {many: one for one, many in _IRREGULAR.items()}
_SAME = frozenset(
    "news series species equipment information staff audio history stock data metadata feedback software".split()
) - {"history", "stock"}


@lru_cache(maxsize=4096)
def humanize(name: str) -> str:
    """A name of a column, relation, table or class in words: ``created_at`` is "Created at", ``OrderLine`` is
    "Order line", ``customer_id`` is "Customer ID". A name without letters stays as it is."""
    words = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3 \2\4", name)
    parts = [_word(part) for part in re.split(r"[\s_\-.]+", words) if part]
    if not parts:
        return name
    return " ".join([parts[0][:1].upper() + parts[0][1:], *parts[1:]])


def _word(word: str) -> str:
    if word.lower() in _ACRONYMS:
        return word.upper()
    return word if len(word) > 1 and word.isupper() and len(word) <= 3 else word.lower()


def plural(phrase: str) -> str:
    """The plural of an English phrase, by its last word: "Order line" is "Order lines", "Category" "Categories"."""
    return _last_word(phrase, _plural)


def singular(phrase: str) -> str:
    """The singular of an English phrase, by its last word: "Categories" is "Category"; a singular stays."""
    return _last_word(phrase, _singular)


def _last_word(phrase: str, change: "object") -> str:
    head, space, word = phrase.rpartition(" ")
    changed: str = change(word.lower())  # type: ignore[operator]
    if changed == word.lower() or word.isupper():
        return phrase if changed == word.lower() else f"{head}{space}{word}s"
    return head + space + (changed[:1].upper() + changed[1:] if word[:1].isupper() else changed)
