"""Numbers as people and programs write them: decimal comma or point, thousands in groups, a currency beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from webadmin.database.inspection import ColumnInfo
from webadmin.forms.codecs import Codec
from webadmin.forms.codecs.numbers import DecimalCodec, IntegerCodec
from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import Decimal as DecimalMark
from webadmin.transfer.imports.asked import FileForm, Reading
from webadmin.transfer.imports.reader import Converter, safe, spread
from webadmin.transfer.imports.source import Exact

_WHOLES = re.compile(r"(?:-?[0-9]{1,19}\n)+")
_FLOATS = re.compile(r"(?:-?[0-9]{1,20}(?:\.[0-9]{1,20})?(?:e[+-]?[0-9]{1,2})?\n)+")


_MONEY = r"[$€£¥₹₽₩₺₴₫฿]|EUR|USD|GBP|CHF|JPY"
_AROUND = re.compile(
    rf"(?P<sign>[+\-\u2212]?)\s*+(?:{_MONEY})?\s*+(?P<inner>[+\-\u2212]?)"
    rf"(?P<number>[0-9.,][0-9.,' \u00a0\u2009\u202f’]*+)(?P<power>[eE][+-]?[0-9]{{1,4}})?\s*+(?:{_MONEY})?"
)
_SPACES = " \u00a0\u2009\u202f'’"
_LONGEST = 1000
_GROUPED = {
    ".": re.compile(rf"(?P<whole>[0-9]*|[1-9][0-9]{{0,2}}(?:(?P<by>[,{_SPACES}])[0-9]{{3}})(?:(?P=by)[0-9]{{3}})*)(?:\.(?P<rest>[0-9]*))?"),
    ",": re.compile(rf"(?P<whole>[0-9]*|[1-9][0-9]{{0,2}}(?:(?P<by>[.{_SPACES}])[0-9]{{3}})(?:(?P=by)[0-9]{{3}})*)(?:,(?P<rest>[0-9]*))?"),
}  # fmt: skip


def plain_number(value: Any, mark: DecimalMark) -> str:
    """A number as programs write it, from a text of a file or a value of a workbook or of JSON. Raises ValueError.

    :param mark: what stands before the decimals.
    """
    if isinstance(value, str):
        return _plain_text(value, mark)
    if isinstance(value, Exact):
        return value.text
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(_("Enter a number, such as 12 or 12.50."))
    if isinstance(value, float):
        # A spreadsheet keeps 15 digits; what stands behind them comes of its arithmetic.
        return f"{value:.15g}"
    return str(value)


def _plain_text(text: str, mark: DecimalMark) -> str:
    text = text.strip()
    if len(text) > _LONGEST:  # before any pattern looks at it
        raise ValueError(_("This number is too large or has too many digits."))
    around = _AROUND.fullmatch(text)
    number = around["number"].strip(_SPACES) if around else ""
    found = _GROUPED[mark].fullmatch(number)
    signs = around["sign"] + around["inner"] if around else ""
    if around is None or found is None or len(signs) > 1 or not (found["whole"] or found["rest"]):
        raise ValueError(_not_a_number(number if len(signs) < 2 else "", mark))
    whole = re.sub("[^0-9]", "", found["whole"]) or "0"
    sign = "-" if signs in {"-", "\u2212"} else ""
    return sign + whole + ("." + found["rest"] if found["rest"] else "") + (around["power"] or "")


def _not_a_number(number: str, mark: DecimalMark) -> str:
    other: DecimalMark = "," if mark == "." else "."
    if number and _GROUPED[other].fullmatch(number):
        if mark == ".":
            return _("This is a number with a decimal comma; this column is read with a decimal point.")
        return _("This is a number with a decimal point; this column is read with a decimal comma.")
    if mark == ".":
        return _("Enter a number, such as 12 or 12.50.")
    return _("Enter a number, such as 12 or 12,50.")


def _is_fraction(value: Any, mark: DecimalMark) -> bool:
    try:
        return "." in plain_number(value, mark).rstrip("0").rstrip(".")
    except ValueError:
        return False


def whole(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    assert isinstance(codec, IntegerCodec)

    def one(value: Any) -> Any:
        try:
            text = plain_number(value, reading.decimal)
        except ValueError:
            if not _is_fraction(value, "," if reading.decimal == "." else "."):
                raise
            raise ValueError(_("Enter a whole number.")) from None
        return codec.parse(re.sub(r"\.00?$", "", text))

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        if _WHOLES.fullmatch("\n".join(texts) + "\n") is None:
            return None
        numbers = list(map(int, texts))
        if min(numbers) < codec.lowest or max(numbers) > codec.highest:
            return None
        return spread(values, numbers)

    # As many digits as fit whatever they are.
    digits = len(str(codec.highest)) - 1
    pattern = re.compile(rf"(?:{'-?' if codec.lowest <= -(10**digits) else ''}[0-9]{{1,{digits}}}\n)+")
    fits = digits > 0 >= codec.lowest
    return Converter(one, safe(quick), plain=lambda joined: fits and pattern.fullmatch(joined) is not None)


def exact(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    assert isinstance(codec, DecimalCodec)
    scale = 20 if codec.scale is None or codec.scale < 0 else min(codec.scale, 100)
    digits = 20 if codec.precision is None else max(1, min(codec.precision, 100) - scale)
    rest = rf"(?:{re.escape(reading.decimal)}[0-9]{{1,{scale}}})?" if scale else ""
    pattern = re.compile(rf"(?:-?[0-9]{{1,{digits}}}{rest}\n)+")

    def one(value: Any) -> Any:
        return codec.parse(plain_number(value, reading.decimal))

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        joined = "\n".join(texts) + "\n"
        if pattern.fullmatch(joined) is None:
            return None
        if reading.decimal == ",":
            texts = joined.replace(",", ".").splitlines()
        return spread(values, list(map(Decimal, texts)))

    def plain(joined: str) -> bool:
        return reading.decimal == "." and pattern.fullmatch(joined) is not None

    return Converter(one, safe(quick), plain=plain)


def floating(column: ColumnInfo, codec: Codec, reading: Reading, form: FileForm) -> Converter:
    def one(value: Any) -> Any:
        if isinstance(value, float):
            return codec.parse(repr(float(value)))
        return codec.parse(plain_number(value, reading.decimal))

    def quick(values: Sequence[Any], texts: Sequence[str]) -> list[Any] | None:
        if reading.decimal == "," or _FLOATS.fullmatch("\n".join(texts) + "\n") is None:
            return None
        return spread(values, list(map(float, texts)))

    return Converter(one, safe(quick))
