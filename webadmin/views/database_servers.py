"""What there is besides the server that is written to: a pooler before it, a replica beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from webadmin.database.replica import Seen
from webadmin.explain.finding import size
from webadmin.request import AdminRequest
from webadmin.text import format_count
from webadmin.text import gettext as _


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """The replica, and how it is doing."""

    used: bool
    text: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ServersState:
    """Both of them, as far as they are there."""

    pooler: str = ""
    """A sentence; empty where there is none."""
    replica: ReplicaState | None = None


def servers_state(request: AdminRequest) -> ServersState:
    """What is known of them; the replica is asked now, unless it is left alone for a while."""
    found = request.servers(request.session.connection()) if request.servers is not None else None
    if found is None:
        return ServersState()
    pooler = _(
        "A pooler shares its sessions among connections: nothing is prepared on them, nor left behind."
    )
    return ServersState(
        pooler if found.pooler else "", _replica(found.replica) if found.replica is not None else None
    )


def _replica(seen: Seen) -> ReplicaState:
    facts = [(_("Address"), seen.place)]
    standing = seen.standing
    if standing is not None:
        facts.append((_("Position"), standing.position or _("not told")))
        if standing.follows:
            facts.append((_("Behind at most"), _seconds(seen.behind)))
    if seen.missing is not None:
        facts.append((_("Not repeated yet"), size(seen.missing / 1024)))
    facts += [
        (_("May be behind"), _seconds(seen.most_behind)),
        (_("Read from it"), format_count(seen.here)),
        (_("Read from the primary instead"), format_count(seen.elsewhere)),
    ]
    return ReplicaState(seen.used, _why(seen), tuple(facts))


def _why(seen: Seen) -> str:
    texts = {
        "": _("Pages that only show are read from it."),
        "unreachable": _("It cannot be reached, so that everything is read from the primary."),
        "behind": _("It is too far behind, so that everything is read from the primary."),
        "paused": _("Somebody has paused it, and it is too far behind: everything is read from the primary."),
        "no_standby": _(
            "It follows no other server, as after it was promoted: everything is read from the primary."
        ),
        "unknown": _("It does not tell how far it is, so that everything is read from the primary."),
    }
    text = texts[seen.why]
    if seen.used:
        return text
    return (
        text + " " + _("It is tried again in {seconds}.").format(seconds=_seconds(math.ceil(seen.again_in)))
    )


def _seconds(value: float) -> str:
    if math.isinf(value):
        return _("not known")
    if 0 < value < 0.1:
        return _("less than 0.1 s")
    return _("{seconds} s").format(seconds=f"{value:.1f}".removesuffix(".0"))
