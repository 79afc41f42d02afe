"""Numbers: whole, exact and floating."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

from webadmin.forms.codecs.base import Codec
from webadmin.text import format_number, ngettext
from webadmin.text import gettext as _

_WHOLE = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_MOST_DIGITS = 1000
"""More digits than any number that a person types; a bound on the work that one field can cause."""


class IntegerCodec(Codec):
    """:param bits: how large the column is."""

    control = "number"
    input_type = "number"
    step = "1"

    def __init__(self, bits: int) -> None:
        self.lowest, self.highest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    def parse(self, text: str) -> int:
        text = text.strip()
        if not _WHOLE.fullmatch(text):
            raise ValueError(_("Enter a whole number."))
        value = int(text) if len(text) <= 40 else None
        if value is None or not self.lowest <= value <= self.highest:
            limits = {"lowest": format_number(self.lowest), "highest": format_number(self.highest)}
            raise ValueError(_("Enter a number from {lowest} to {highest}.").format(**limits))
        return value


class DecimalCodec(Codec):
    """An exact number: what was typed is what is stored, or it is refused.

    :param precision: digits in all, None for any number of them.
    :param scale: digits after the point.
    """

    control = "number"
    input_type = "number"

    def __init__(self, precision: int | None = None, scale: int | None = None) -> None:
        self.precision, self.scale = precision, scale
        if scale is None and precision is not None:
            self.scale = 0
        places = self.scale
        self.step = "any" if places is None or places < 0 else str(Decimal(1).scaleb(-places))

    def format(self, value: Any) -> str:
        if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < _MOST_DIGITS:
            return format(value, "f")
        return str(value)

    def parse(self, text: str) -> Decimal:
        value = Decimal(_number(text))
        if abs(value.adjusted()) >= _MOST_DIGITS or len(text) > _MOST_DIGITS:
            raise ValueError(_("This number is too large or has too many digits."))
        places = max(0, -int(value.normalize().as_tuple().exponent)) if value else 0
        if self.scale is not None and self.scale >= 0 and places > self.scale:
            if self.scale == 0:
                raise ValueError(_("Enter a number without decimals."))
            message = ngettext(
                "At most {most} digit after the point.", "At most {most} digits after the point.", self.scale
            )
            raise ValueError(message.format(most=self.scale))
        if self.precision is not None:
            limit = Decimal(10) ** (self.precision - (self.scale or 0))
            if abs(value) >= limit:
                raise ValueError(_("Enter a number under {limit}.").format(limit=format_number(limit)))
        return value

    def same(self, one: Any, other: Any) -> bool:
        return _exact(one) == _exact(other)


class FloatCodec(Codec):
    """A floating number."""

    control = "number"
    input_type = "number"
    step = "any"

    def format(self, value: Any) -> str:
        return DecimalCodec().format(value) if isinstance(value, Decimal) else repr(value)

    def parse(self, text: str) -> float:
        value = float(_number(text))
        if not math.isfinite(value):
            raise ValueError(_("This number is too large or has too many digits."))
        return value

    def same(self, one: Any, other: Any) -> bool:
        return float(one) == float(other)


def _number(text: str) -> str:
    text = text.strip()
    if len(text) > _MOST_DIGITS:  # before any pattern looks at it
        raise ValueError(_("This number is too large or has too many digits."))
    if not _NUMBER.fullmatch(text):
        if re.fullmatch(r"[+-]?[0-9.]*,[0-9]+", text):
            raise ValueError(_("Write the decimals after a point: 12.50."))
        raise ValueError(_("Enter a number, such as 12 or 12.50."))
    return text


def _exact(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))
