"""How a value of a column stands in a form: as text, and back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine


class Codec:
    """Turns values into the text of a control and back, and says what the control looks like.

    ``parse`` raises ValueError with a sentence for the person.
    """

    control = "text"
    """The kind of control, as templates know it."""
    input_type = "text"
    step: str | None = None
    maxlength: int | None = None
    placeholder = ""
    wide = False
    keeps_blanks = False
    """Spaces are a value too, and an empty text may be one."""
    null_text = ""
    """What stands in the form for a stored null."""

    @property
    def hint(self) -> str:
        """A word beside the label."""
        return ""

    @property
    def choices(self) -> tuple[tuple[str, str], ...] | None:
        """``(text, label)`` of every possible value; None when there is no end to them."""
        return None

    def format(self, value: Any) -> str:
        """The text of a value that is not None."""
        return str(value)

    def parse(self, text: str) -> Any:
        """The value of a text that is not blank. Raises ValueError with a sentence for the person."""
        return text

    def same(self, one: Any, other: Any) -> bool:
        """Whether two values are one value for the database."""
        return bool(one == other)

    def blank(self, stored: Any, *, nullable: bool) -> Any:
        """What an empty control means for a column that holds ``stored``."""
        return None

    def like(self, value: Any, stored: Any) -> Any:
        """A new value in the style of the stored one, where there are several ways to write it."""
        return value


def plain_type(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """The database's own type below decorators and domains."""
    while True:
        if isinstance(type_, sa.TypeDecorator):
            type_ = type_.impl_instance
        elif type(type_).__visit_name__ == "DOMAIN":
            type_ = type_.data_type  # type: ignore[attr-defined]
        else:
            return type_
