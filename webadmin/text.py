"""Words: translated texts, names of models and columns in words, numbers and times as people write them.

Texts are English in the source; a catalog of another language is ``webadmin/locale/<language>/LC_MESSAGES/webadmin.mo``.
The language and the time zone belong to a request and are set with :func:`use_locale`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as babel_date
from babel.dates import format_skeleton
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_CATALOGS = Path(__file__).resolve().parent / "locale"
_language: ContextVar[str] = ContextVar("webadmin_language", default="en")
RECENT = 30 * 86400  # seconds within which a time is said by its distance
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


# Names ------------------------------------------------------------------------------------------------------------

_ACRONYMS = {
    "api", "css", "csv", "db", "dns", "ean", "gtin", "html", "http", "https", "iban", "id", "imei", "ip",
    "isbn", "iso", "json", "pdf", "rfc", "seo", "sku", "sms", "sql", "ssl", "tls", "ui", "uri", "url",
    "utc", "uuid", "vat", "vin", "xml",
}  # fmt: skip
_SAME = {
    "news", "series", "species", "equipment", "information", "staff", "data", "metadata", "feedback",
    "software",
}  # fmt: skip
_IRREGULAR = {
    "person": "people", "child": "children", "man": "men", "woman": "women", "foot": "feet", "mouse": "mice",
    "medium": "media", "criterion": "criteria", "analysis": "analyses", "basis": "bases", "axis": "axes",
    "diagnosis": "diagnoses", "quiz": "quizzes", "leaf": "leaves", "life": "lives", "shelf": "shelves",
    "half": "halves", "movie": "movies", "cookie": "cookies", "tie": "ties", "cache": "caches", "hero": "heroes",
    "potato": "potatoes", "echo": "echoes", "bus": "buses", "lens": "lenses", "canvas": "canvases", "gas": "gases",
    "alias": "aliases", "bonus": "bonuses", "virus": "viruses", "menu": "menus", "status": "statuses",
}  # fmt: skip
_SINGULARS = {many: one for one, many in _IRREGULAR.items()}


@lru_cache(maxsize=4096)
def humanize(name: str) -> str:
    """A name of a column, relation, table or class in words: ``created_at`` is "Created at", ``OrderLine`` is
    "Order line", ``customer_id`` is "Customer ID". A name of separators alone stays as it is."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    words = [_word(word) for word in re.split(r"[\s_\-.]+", spaced) if word]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]]) if words else name


def choice_label(member: Any) -> str:
    """A value of an enumeration in words: ``in_progress`` and ``IN_PROGRESS`` are "In progress"; what is not written
    like a name in a program, "NC-17" or "Very good", stays. Of a member of an Enum its text counts, else its name."""
    if isinstance(member, Enum):
        text = member.value if isinstance(member.value, str) else member.name
        text = text.lower() if text.isupper() and text.isidentifier() else text
    else:
        text = str(member)
    is_constant = text.isupper() and "_" in text and text.isidentifier()
    return humanize(text.lower()) if is_constant or _NAME.fullmatch(text) else text


def _word(word: str) -> str:
    return word.upper() if word.lower() in _ACRONYMS else word.lower()


def plural(phrase: str) -> str:
    """The plural of an English phrase, by its last word: "Order line" is "Order lines", "Category" "Categories";
    a phrase that is plural already stays."""
    return _last_word(phrase, _plural)


def singular(phrase: str) -> str:
    """The singular of an English phrase, by its last word: "Categories" is "Category"; a singular stays."""
    return _last_word(phrase, _singular)


def _last_word(phrase: str, change: Callable[[str], str]) -> str:
    head, space, word = phrase.rpartition(" ")
    lower = word.lower()
    changed = change(lower)
    if changed == lower:
        return phrase
    if changed.startswith(lower):  # what the word has is kept as written: "SKU" is "SKUs"
        return phrase + changed[len(lower) :]
    if lower.startswith(changed):
        return phrase[: len(phrase) - len(lower) + len(changed)]
    return head + space + (changed.capitalize() if word[:1].isupper() else changed)


def _plural(word: str) -> str:
    if not word or not word[-1].isalpha() or word in _SAME or word in _SINGULARS:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if _singular(word) != word:
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _singular(word: str) -> str:
    if word in _SAME or word in _IRREGULAR:
        return word
    if word in _SINGULARS:
        return _SINGULARS[word]
    if word[:-1] in _ACRONYMS and word.endswith("s"):
        return word[:-1]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zzes", "ches", "shes")):
        return word[:-2]
    ends = word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2
    return word[:-1] if ends else word


# Numbers ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _separators(language: str) -> tuple[str, str] | None:
    """The marks for thousands and decimals; None for a language that does not group by three."""
    locale = Locale.parse(language)
    if locale.decimal_formats[None].grouping != (3, 3) or locale.default_numbering_system != "latn":
        return None
    symbols = locale.number_symbols["latn"]
    return symbols["group"], symbols["decimal"]


def format_number(value: int | float | Decimal, places: int | None = None) -> str:
    """A number with the language's marks; ``places`` fixes the digits after the decimal mark, None keeps what the
    value has. Not-a-number and infinities come out as Python writes them."""
    text = f"{value:,}" if places is None else f"{value:,.{places}f}"
    if not text[-1].isdigit() or "e" in text or "E" in text:
        return text
    marks = _separators(_language.get())
    if marks is None:
        exact = value if places is None else round(Decimal(value), places)
        return format_decimal(exact, locale=_language.get(), decimal_quantization=False)
    return text if marks == (",", ".") else text.translate({44: marks[0], 46: marks[1]})


def format_count(count: int, exact: bool = True) -> str:
    """A number of rows in words: ``4,800,673``, or ``about 4.80M`` for an estimate."""
    return format_number(count) if exact else _("about %(count)s") % {"count": compact(count)}


def compact(count: int) -> str:
    """A number in three digits: 312, 1,900, 48.2k, 1.00M, 2.15B."""
    for size, unit in ((1_000_000_000, _("%sB")), (1_000_000, _("%sM")), (10_000, _("%sk"))):
        if count >= size * 0.9995:
            scaled = count / (1000 if size == 10_000 else size)
            return unit % format_number(scaled, 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0)
    return format_number(count if count < 1000 else round(count, -1 if count < 9995 else -2))


# Times ------------------------------------------------------------------------------------------------------------


def format_date(value: date) -> str:
    """A day with its year: ``Nov 21, 2026``."""
    return _day_words(date(value.year, value.month, value.day), "", _language.get())


def format_day(value: date) -> str:
    """A day without its year: ``Nov 21``."""
    return _day_words(date(value.year, value.month, value.day), "MMMd", _language.get())


@lru_cache(maxsize=8192)  # a list has the same days again and again, and words for one take long
def _day_words(day: date, pattern: str, language: str) -> str:
    return format_skeleton(pattern, day, locale=language) if pattern else babel_date(day, "medium", language)


def format_time(value: time | datetime) -> str:
    """The time of day in hours and minutes, of 24: ``14:26``."""
    return f"{value.hour:02}:{value.minute:02}"


def format_datetime(value: datetime) -> str:
    """Day and time: ``Nov 21, 2026, 14:26``. One with a zone is shown in the zone of this request."""
    local = localize(value)
    return f"{format_date(local)}, {format_time(local)}"


def format_month(value: date) -> str:
    """A month with its year: ``November 2026``."""
    return format_skeleton("yMMMM", value, locale=_language.get())


def localize(value: datetime) -> datetime:
    """A time with a zone in the zone of this request; one without stays."""
    return value.astimezone(_zone.get()) if value.tzinfo else value


def format_ago(value: datetime, now: datetime | None = None) -> str:
    """How long ago (or how far ahead) a time is: ``just now``, ``4 min ago``, ``3 h ago``, ``in 2 days``; a day
    further away than 30 days is the day itself. A time without a zone is taken in the zone of this request."""
    away = seconds_ago(value, now)
    span = abs(away)
    if span < 60:
        return _("just now")
    if span >= RECENT:
        return format_date(localize(value))
    if span < 3600:
        length = _("%d min") % (span // 60)
    elif span < 86400:
        length = _("%d h") % (span // 3600)
    else:
        length = ngettext("%d day", "%d days", int(span // 86400)) % (span // 86400)
    return (_("%s ago") if away > 0 else _("in %s")) % length


def seconds_ago(value: datetime, now: datetime | None = None) -> float:
    """Seconds from ``value`` to ``now``; negative when it lies ahead. Without a zone it is taken in the request's."""
    moment = value if value.tzinfo else value.replace(tzinfo=_zone.get())
    return ((now or datetime.now(UTC)) - moment).total_seconds()
