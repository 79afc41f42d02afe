"""Indexes that were proposed and are made at the press of a button, for who has the right ``@indexes`` in an admin that allows it."""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadData, URLSafeTimedSerializer

from webadmin.auth.user import DATABASE, INDEXES
from webadmin.dialects.building import BuildStep
from webadmin.errors import BadRequest, NotFound
from webadmin.explain.making import Making, Order, makings_of
from webadmin.explain.proposal import Proposal
from webadmin.request import AdminRequest, Answer, Page, Redirect
from webadmin.text import format_number
from webadmin.text import gettext as _
from webadmin.views.database import Moment, moment

_PURPOSE = "index"
_VALID = 60 * 60
"""Seconds that a proposal can be taken up after it was shown."""


@dataclass(frozen=True, slots=True)
class MakingLine:
    name: str
    table: str
    ddl: str
    """Empty where another process makes it."""
    state: str
    """running, done or failed."""
    text: str
    percent: int | None
    """Of what it is at just now; None where that is not known."""
    began: Moment | None


@dataclass(frozen=True, slots=True)
class IndexesPage:
    database_url: str | None
    """None for who may not see the page about the database."""
    here_url: str
    lines: tuple[MakingLine, ...]
    running: bool


def may_make(request: AdminRequest) -> bool:
    """Whether the person may have proposed indexes made."""
    return _is_on(request) and request.user.may(INDEXES, "")


def _is_on(request: AdminRequest) -> bool:
    settings = request.settings
    return settings.make_indexes and not settings.read_only and request.dialect.makes_indexes


def token(request: AdminRequest, proposal: Proposal) -> str:
    """What the form sends to have ``proposal`` made: signed for this session, since no statement is taken from a browser."""
    return _signer(request).dumps([proposal.name, proposal.place, proposal.create])


def indexes(request: AdminRequest) -> Answer:
    """The indexes that this process makes and has made; POST with the ``proposal`` of a panel begins one. Raises NotFound where
    the admin does not make any."""
    if not _is_on(request):
        raise NotFound(_("This admin makes no indexes."))
    makings = makings_of(request.session.connection().engine)
    here = f"{request.urls.page('database')}indexes/"
    if request.method == "POST":
        order, engine = _order(request), request.session.connection().engine
        makings.begin(
            engine, request.dialect, order, request.user.id or request.user.name, request.request_id
        )
        return Redirect(here)
    steps = {step.name: step for step in request.dialect.index_builds(request.session.connection())}
    running = {making.order.name for making in makings.all if making.state == "running"}
    lines = [_line(making, steps.get(making.order.name)) for making in makings.all]
    elsewhere = [_elsewhere(step) for name, step in steps.items() if name not in running]
    page = IndexesPage(
        database_url=request.urls.page("database") if request.user.may(DATABASE, "") else None,
        here_url=here,
        lines=(*elsewhere, *lines),
        running=bool(running or elsewhere),
    )
    return Page("indexes.html", page, block="makings" if request.htmx else None)


def _signer(request: AdminRequest) -> URLSafeTimedSerializer:
    return request.secret.timed(_PURPOSE, request.cookie.id)


def _order(request: AdminRequest) -> Order:
    try:
        name, table, ddl = _signer(request).loads(request.posted("proposal"), max_age=_VALID)
    except (BadData, ValueError):
        message = _("This proposal was not made for you, or too long ago. Open the query panel again.")
        raise BadRequest(message, link="./") from None
    return Order(name, table, ddl)


def _line(making: Making, step: BuildStep | None) -> MakingLine:
    step = step if making.state == "running" else None
    return MakingLine(
        name=making.order.name,
        table=making.order.table,
        ddl=making.order.ddl,
        state=making.state,
        text=_told(making, step.phase if step is not None else ""),
        percent=_percent(step),
        began=moment(making.began),
    )


def _elsewhere(step: BuildStep) -> MakingLine:
    """One that another process makes, or somebody by hand."""
    return MakingLine(step.name or _("An index"), "", "", "running", step.phase, _percent(step), None)


def _percent(step: BuildStep | None) -> int | None:
    return None if step is None or step.share is None else round(step.share * 100)


def _told(making: Making, phase: str) -> str:
    if making.state == "done":
        took = (making.ended - making.began).total_seconds() if making.ended else 0.0
        return _("Made in %s s.") % format_number(took, 1)
    if making.state == "running":
        return phase or _("Being made…")
    reasons = {
        "permission": _("Not made: the account of this admin does not own the table."),
        "lock_timeout": _("Not made: a transaction that began before it did not end in time."),
        "statement_timeout": _("Not made: it took longer than an hour."),
        "disk_full": _("Not made: there is no room on the disk."),
    }
    return reasons.get(
        making.failure, _("Not made: one of that name is there, or the server’s own log says why.")
    )
