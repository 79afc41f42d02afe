"""Check constraints of the model in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from webadmin.text import gettext as _

_NUMBER = r"\(?\s*'?(-?[0-9]+(?:\.[0-9]+)?)'?\s*\)?(?:::[a-z ]+)?"
_BETWEEN = re.compile(rf"\(?\s*\"?(\w+)\"?\s+BETWEEN\s+{_NUMBER}\s+AND\s+{_NUMBER}\s*\)?", re.I)
_COMPARED = re.compile(rf"\(?\s*\"?(\w+)\"?\s*(>=|<=|>|<)\s*{_NUMBER}\s*\)?")


def in_words(rule: str) -> str:
    """What a check such as ``price >= 0`` or ``rating BETWEEN 1 AND 5`` asks for; a general sentence for others."""
    if found := _BETWEEN.fullmatch(rule.strip()):
        return _("Enter a number from {lowest} to {highest}.").format(lowest=found[2], highest=found[3])
    parts = [_COMPARED.fullmatch(part.strip()) for part in re.split(r"\s+AND\s+", rule.strip(), flags=re.I)]
    matched = [part for part in parts if part is not None]
    if len(matched) == len(parts) and len({part[1] for part in matched}) == 1:
        return " ".join(_compared(part[2], part[3]) for part in matched)
    return _("A rule of the table does not allow this value.")


def _compared(sign: str, number: str) -> str:
    sentences = {
        ">=": _("Enter {number} or more."),
        ">": _("Enter more than {number}."),
        "<=": _("Enter {number} or less."),
        "<": _("Enter less than {number}."),
    }
    return sentences[sign].format(number=number)


def names_in(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Which of ``names`` stand in an SQL expression as words, in its order."""
    wanted = set(names)
    without_texts = re.sub(r"'[^']*'", "''", text)
    return tuple(dict.fromkeys(word for word in re.findall(r"\w+", without_texts) if word in wanted))


def names_in_name(constraint: str, table: str, names: Iterable[str]) -> tuple[str, ...]:
    """Which of ``names`` a constraint is called after: ``film_rental_rate_check`` is about ``rental_rate``."""
    rest = f"_{constraint.removeprefix('ck_').removeprefix(f'{table}_')}_"
    found: list[str] = []
    for name in sorted(names, key=len, reverse=True):
        if f"_{name}_" in rest:
            found.append(name)
            rest = rest.replace(f"_{name}_", "__")
    return tuple(found)
