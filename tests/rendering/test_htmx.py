from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from webadmin.rendering.htmx import is_partial


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"HX-Request": "true", "HX-Request-Type": "partial"}, True),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Request-Type": "full"}, False),
    ],
)
def test_a_block_is_wanted_by_htmx_unless_it_wants_the_whole_page(
    headers: dict[str, str], expected: bool
) -> None:
    assert is_partial(Headers(headers)) is expected
