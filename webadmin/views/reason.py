"""Why something is changed, in the person's own words: the field that pages which write ask it with."""

from __future__ import annotations

from dataclasses import dataclass

from webadmin.options.view import View
from webadmin.request import AdminRequest
from webadmin.text import format_count
from webadmin.text import gettext as _

FIELD = "_reason"
MOST = 500
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class ReasonField:
    """The field as ``_reason.html`` shows it."""

    value: str
    required: bool
    error: str = ""
    name: str = FIELD
    maxlength: int = MOST


@dataclass(frozen=True, slots=True)
class Reason:
    """What was given as the reason, and whether it may be taken."""

    text: str = ""
    """For ``describe(…, reason=…)``; empty where none is asked for."""
    error: str = ""
    """Why it cannot be taken, for the page to be shown again with status 422."""
    asked: str = ""
    """optional, required or empty: the view's ``change_reason``."""
    name: str = FIELD

    def field(self, *, told: bool = True) -> ReasonField | None:
        """The field for the page, None where no reason is asked for; ``told`` says whether it shows the error."""
        if not self.asked:
            return None
        return ReasonField(self.text, self.asked == "required", self.error if told else "", self.name)


def reason_of(request: AdminRequest, view: View, name: str = FIELD) -> Reason:
    """The reason that a request gives for changing rows of ``view``, with what is wrong with it.

    A page shows ``reason_of(request, view).field()`` with ``_reason.html``, does nothing on a POST while ``.error`` is not
    empty, and gives ``.text`` to ``describe``. Nobody has posted anything on GET: then there is no error.

    :param name: what the field is called, where a page has several forms.
    """
    asked = view.options.change_reason
    if not asked:
        return Reason()
    plain = "".join(char if char.isprintable() else " " for char in request.posted(name))
    text, error = " ".join(plain.split()), ""
    if request.method == "POST":
        if asked == "required" and not text:
            error = _("Say why: changes of {rows} are kept with a reason.").format(
                rows=view.name_plural.lower()
            )
        elif len(text) > MOST:
            error = _("A reason has at most {count} characters.").format(count=format_count(MOST))
    return Reason(text, error, asked, name)
