"""Servers that follow another one, and what stands between them and us: the contract, for systems that have neither."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from webadmin.dialects.timeouts import Timeouts


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a server was that is to follow another. Positions are bytes of the log since the cluster was made."""

    follows: bool
    """It repeats what another server has written, and nothing else."""
    replayed: int | None = None
    """What statements see; None where it does not tell."""
    received: int | None = None
    """What has come over the network."""
    streams: bool = False
    """It is connected to the server that it follows."""
    age: float | None = None
    """Seconds since the youngest commit that it has repeated was made."""
    paused: bool = False
    """Somebody has told it to repeat nothing for now."""

    @property
    def position(self) -> str:
        """What statements see, as administrators write it; empty where it does not tell."""
        at = self.replayed
        return "" if at is None else f"{at >> 32:X}/{at & 0xFFFFFFFF:X}"

    @property
    def behind(self) -> float:
        """Seconds by which it is behind at most: zero only where it is connected and has repeated all that has come.
        A server that hears nothing of the other one may be as far behind as its last commit is old."""
        if self.replayed is None:
            return math.inf
        if self.streams and self.received is not None and self.received <= self.replayed:
            return 0.0
        return math.inf if self.age is None else max(self.age, 0.0)


class Replication:
    """The part of a dialect about replicas and poolers."""

    supports_replicas = False
    """There are servers that repeat what this one writes, and say how far they are."""
    unprepared = False
    """Nothing is prepared on connections, since the next transaction may have another session of the server."""

    def begin_on_standby(self, connection: Connection, timeouts: Timeouts) -> Standing:
        """As ``begin`` for reading, on a server that follows another, in one round trip as well. What is found of its
        standing was so before the transaction's first statement sees anything."""
        raise TypeError("this database has no replicas")

    def standing(self, connection: Connection) -> Standing:
        """How far the server is at the moment."""
        raise TypeError("this database has no replicas")

    def written(self, connection: Connection) -> int | None:
        """The end of the log, which is behind everything that was committed before; to be asked outside of a transaction.
        None where the server does not tell."""
        return None

    def through_pooler(self, raw: Any) -> bool:
        """Whether something gives the driver's connection ``raw`` sessions of the server that it shares with others. It is
        left without a transaction."""
        return False

    def stop_preparing(self, raw: Any) -> None:
        """Let the driver's connection ``raw`` prepare nothing from now on."""
