from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined, UndefinedError
from markupsafe import Markup, escape

from webadmin.rendering.output import FastEnvironment, printed


class Said:
    """Something that knows its own markup."""

    def __html__(self) -> str:
        return "<i>said</i>"


@given(st.text() | st.integers() | st.none() | st.builds(Markup, st.text()) | st.builds(Said))
def test_a_piece_is_printed_as_markupsafe_would(value: Any) -> None:
    assert printed(value) == str(escape(value))


def test_templates_escape_what_they_print() -> None:
    environment = FastEnvironment(autoescape=True)
    source = "{{ text }}{% set kept %}{{ text }}{% endset %}{{ kept }}{{ safe }}"
    found = environment.from_string(source).render(text="<'\"&", safe=Markup("<b>"))
    assert found == "&lt;&#39;&#34;&amp;" * 2 + "<b>"


def test_what_is_undefined_is_still_an_error() -> None:
    environment = FastEnvironment(autoescape=True, undefined=StrictUndefined)
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nothing }}").render()
