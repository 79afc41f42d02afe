"""What differs between database systems: one contract, one class per system, chosen once per engine."""

from webadmin.dialects.base import Dialect, Estimate
from webadmin.dialects.choose import engine_options, for_engine, in_memory, sync_url
from webadmin.dialects.failure import Failure
from webadmin.dialects.replication import Standing
from webadmin.dialects.timeouts import Timeouts

__all__ = [
    "Dialect",
    "Estimate",
    "Failure",
    "Standing",
    "Timeouts",
    "engine_options",
    "for_engine",
    "in_memory",
    "sync_url",
]
