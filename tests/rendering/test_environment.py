from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from jinja2 import TemplateNotFound, UndefinedError
from lxml.html import tostring

from tests.pages import parse
from tests.rendering import samples
from webadmin.rendering.assets import Assets
from webadmin.rendering.environment import Renderer
from webadmin.rendering.output import FastEnvironment


@dataclass(frozen=True)
class Lacking:
    """A context without anything."""


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def test_a_name_that_the_context_lacks_is_an_error(renderer: Renderer) -> None:
    """A template cannot read what its dataclass does not have."""
    with pytest.raises(UndefinedError):
        renderer.page("list.html", Lacking(), samples.shell())


def test_text_is_escaped(renderer: Renderer) -> None:
    """What stands in the database cannot become markup."""
    page = parse(renderer.page("list.html", samples.lists.list_page(), samples.shell()))
    assert "Amara <b>Okafor</b>" in page.column("customer")


@pytest.mark.parametrize("block", ["results", "rows"])
def test_a_block_is_a_part_of_its_page(renderer: Renderer, block: str) -> None:
    """What htmx swaps in cannot differ from what the page has."""
    context, shell = samples.lists.list_page(), samples.shell()
    assert renderer.block("list.html", block, context, shell) in renderer.page("list.html", context, shell)


def test_a_block_that_does_not_exist_is_an_error(renderer: Renderer) -> None:
    with pytest.raises(KeyError):
        renderer.block("list.html", "nothing", samples.lists.list_page(), samples.shell())


def test_a_template_that_does_not_exist_is_an_error(renderer: Renderer) -> None:
    with pytest.raises(TemplateNotFound):
        renderer.page("nothing.html", Lacking(), samples.shell())


def test_a_hosts_template_replaces_ours_and_can_extend_it(tmp_path: Path) -> None:
    """``list.html`` in the host's folder serves every model; ``webadmin/list.html`` is ours."""
    write(tmp_path, "list.html", '{% extends "webadmin/list.html" %}{% block title %}Mine{% endblock %}')
    page = parse(
        Renderer(Assets(), tmp_path).page(
            "list.html", samples.lists.list_page(), samples.shell(), key="orders"
        )
    )
    assert page.text("title") == "Mine · Fernhill Shop"
    assert len(page.ids()) == 25


def test_a_part_that_is_kept_follows_what_it_is_made_of(renderer: Renderer) -> None:
    """The filters are rendered once for the same data; other data, also what cannot be hashed, has a form of its own."""
    context, shell = samples.lists.list_page(), samples.shell()

    def form(page: object) -> str:
        found = parse(renderer.page("list.html", page, shell)).css("#filters")
        return str(tostring(found[0], encoding="unicode"))

    elsewhere = replace(context, action_url="/elsewhere/")
    assert form(context) == form(context) != form(elsewhere)
    assert 'action="/elsewhere/"' in form(elsewhere)
    first, *others = context.filters
    renamed = replace(first, label="Another name")
    unhashable = replace(renamed, inputs=list(renamed.inputs))  # type: ignore[arg-type]
    for control in (renamed, unhashable):
        assert "Another name" in form(replace(context, filters=(control, *others)))


def test_a_hosts_part_has_the_whole_context(tmp_path: Path) -> None:
    """It may show what differs between persons, and is rendered for each."""
    write(tmp_path, "_filters.html", '<p id="whose">{{ shell.csrf_token }}</p>')
    renderer = Renderer(Assets(), tmp_path)
    for token in ("one", "two"):
        shell = replace(samples.shell(), csrf_token=token)
        page = parse(renderer.page("list.html", samples.lists.list_page(), shell))
        assert page.text("#whose") == token


def test_a_models_own_template_wins(tmp_path: Path) -> None:
    """``orders/list.html`` is for the model of that key alone."""
    write(tmp_path, "list.html", "<p>all</p>")
    write(tmp_path, "orders/list.html", "<p>orders</p>")
    renderer = Renderer(Assets(), tmp_path)
    found = [
        renderer.page("list.html", Lacking(), samples.shell(), key=key) for key in ("orders", "customers", "")
    ]
    assert found == ["<p>orders</p>", "<p>all</p>", "<p>all</p>"]


def test_a_key_cannot_leave_the_hosts_folder(tmp_path: Path) -> None:
    """The name of a table is not a path."""
    write(tmp_path, "secret/list.html", "<p>secret</p>")
    write(tmp_path, "mine/list.html", "<p>mine</p>")
    renderer = Renderer(Assets(), tmp_path / "mine")
    assert renderer.page("list.html", Lacking(), samples.shell(), key="../secret") == "<p>mine</p>"


def test_an_override_of_a_taken_in_template_counts_where_it_is_taken_in(tmp_path: Path) -> None:
    """``_cell.html`` is the one place for how values look."""
    write(tmp_path, "_cell.html", "({{ cell.text }})")
    page = parse(Renderer(Assets(), tmp_path).page("list.html", samples.lists.list_page(), samples.shell()))
    assert page.column("lines")[:2] == ["(0)", "(1)"]


def test_templates_are_read_once(tmp_path: Path) -> None:
    """A change of a file shows after a restart, or at once with ``auto_reload``."""
    for reload, expected in ((False, "<p>old</p>"), (True, "<p>new</p>")):
        write(tmp_path, "list.html", "<p>old</p>")
        renderer = Renderer(Assets(), tmp_path, auto_reload=reload)
        renderer.page("list.html", Lacking(), samples.shell())
        write(tmp_path, "list.html", "<p>new</p> ".strip())
        (tmp_path / "list.html").touch()
        assert renderer.page("list.html", Lacking(), samples.shell()) == expected


def test_icons_come_from_the_sprite(renderer: Renderer) -> None:
    page = parse(
        renderer.page("error.html", samples.pages.error_page(), samples.shell(static_url="/x/static"))
    )
    addresses = {use.get("href").partition("#")[0] for use in page.css("svg.wa-i use")}
    assert len(addresses) == 1
    assert addresses.pop().startswith("/x/static/icons.")


def test_a_hosts_template_can_mark_texts_for_translation(tmp_path: Path) -> None:
    """With Jinja's tag and with functions; what is put into a text is escaped."""
    write(
        tmp_path,
        "mine.html",
        '{% trans name="<b>" %}Hello {{ name }}, 100%{% endtrans %} {{ _("Hi %(name)s", name="<i>") }} {{ _("5%%") }} '
        "{% trans count=2 %}one{% pluralize %}{{ count }} rows{% endtrans %}",
    )
    found = Renderer(Assets(), tmp_path).page("mine.html", Lacking(), samples.shell())
    assert found == "Hello &lt;b&gt;, 100% Hi &lt;i&gt; 5% 2 rows"


def test_a_second_environment_does_not_compile_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the compiled templates of the first, but for a host's own text of the same name, and for one that was changed."""
    compiled: list[str | None] = []
    generate = FastEnvironment._generate

    def counted(self: FastEnvironment, source: Any, name: str | None, *rest: Any, **more: Any) -> str:
        compiled.append(name)
        return generate(self, source, name, *rest, **more)

    monkeypatch.setattr(FastEnvironment, "_generate", counted)

    def shown(folder: str) -> str:
        return Renderer(Assets(), tmp_path / folder).environment.get_template("own.html").render()

    for folder in ("one", "two"):
        write(tmp_path, f"{folder}/own.html", folder)
    assert (shown("one"), shown("two"), shown("one")) == ("one", "two", "one")
    assert compiled == ["own.html"] * 2
    write(tmp_path, "one/own.html", "three")
    assert shown("one") == "three"
    assert compiled == ["own.html"] * 3
    pages = [Renderer(Assets()).page("list.html", samples.lists.list_page(), samples.shell()) for _ in "12"]
    assert pages[0] == pages[1]
    assert compiled.count("list.html") <= 1
