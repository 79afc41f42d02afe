from __future__ import annotations

import pytest
from jinja2 import DictLoader, Environment, TemplateNotFound

from webadmin.rendering.inline import Inline


def render(**templates: str) -> str:
    loader = DictLoader(templates)
    environment = Environment(loader=loader, extensions=[Inline], trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("page").render(items=["a", "b"])


def test_the_text_taken_in_sees_the_variables_around_it() -> None:
    assert (
        render(page='{% for item in items %}{% inline "cell" %}{% endfor %}', cell="[{{ item }}]\n")
        == "[a][b]"
    )


def test_a_taken_in_template_can_take_in_another() -> None:
    assert render(page='{% inline "one" %}!', one='1{% inline "two" %}', two="2") == "12!"


def test_the_tag_controls_the_whitespace_around_it() -> None:
    assert render(page='<p>\n  {%- inline "cell" -%}\n</p>', cell="x") == "<p>x</p>"


def test_a_template_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(TemplateNotFound):
        render(page='{% inline "nothing" %}')
