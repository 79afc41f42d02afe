"""For the tests of applications that embed webadmin: who may do what, which rows they see, what pages cost.

It needs the extra ``test``. Fixtures for pytest stand in ``webadmin.testing.plugin``.
"""

from __future__ import annotations

from importlib.util import find_spec

_missing = [name for name in ("lxml", "cssselect", "httpx2") if find_spec(name) is None]
if _missing:
    raise ImportError(
        f"webadmin.testing needs {' and '.join(_missing)}, which the extra “test” brings: pip install 'webadmin[test]'"
    )

from webadmin.testing.client import Client  # noqa: E402
from webadmin.testing.page import Page, parse  # noqa: E402
from webadmin.testing.permissions import assert_permissions, permissions_of  # noqa: E402
from webadmin.testing.scoped import assert_scoped  # noqa: E402
from webadmin.testing.statements import assert_statement_budget  # noqa: E402
from webadmin.testing.transaction import rolled_back  # noqa: E402

__all__ = [
    "Client",
    "Page",
    "assert_permissions",
    "assert_scoped",
    "assert_statement_budget",
    "parse",
    "permissions_of",
    "rolled_back",
]
