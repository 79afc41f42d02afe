"""What htmx 4 says about a request."""

from __future__ import annotations

from collections.abc import Mapping

VARY = "HX-Request, HX-Request-Type"
"""One address answers with a page or with a block: caches must keep them apart."""


def is_partial(headers: Mapping[str, str]) -> bool:
    """Whether a block is wanted instead of the page. htmx asks for a whole page when it restores history or swaps
    all of the body."""
    return headers.get("hx-request") == "true" and headers.get("hx-request-type") != "full"
