"""What differs between database systems: one contract, one class per system, chosen once per engine."""

from webadmin.dialects.base import Dialect, Estimate, Failure, Timeouts
from webadmin.dialects.choose import engine_options, for_engine, in_memory, sync_url

__all__ = [
    "Dialect",
    "Estimate",
    "Failure",
    "Timeouts",
    "engine_options",
    "for_engine",
    "in_memory",
    "sync_url",
]
