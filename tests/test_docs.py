"""What the documentation says is tried: every piece of Python runs, every option, command and link is there."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click import Group
from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from webadmin import Admin, ModelView
from webadmin.cli import main

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_OPTION = re.compile(r"^\| `(\w+)` \| `(.+?)` \| .+ \|$", re.MULTILINE)
_COMMAND = re.compile(r"^webadmin (\w+)(.*)$", re.MULTILINE)


def named(page: Path) -> str:
    return page.stem


def blocks(page: Path, language: str) -> list[str]:
    return [code for found, code in _BLOCK.findall(page.read_text()) if found == language]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Run the Python of a page from top to bottom in an empty folder; gives its names."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("WEBADMIN_SECRET_KEY", "a key that is long enough for accounts")
    engines: list[Engine] = []

    def run(page: Path) -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": f"docs_{page.stem}"}
        for code in blocks(page, "python"):
            exec(compile(code, str(page), "exec", dont_inherit=True), names)
        for value in names.values():
            if isinstance(value, Admin):
                engines.append(value.runtime.database.engine)
            elif isinstance(value, Engine | AsyncEngine):
                engines.append(getattr(value, "sync_engine", value))
        return names

    yield run
    for engine in engines:
        engine.dispose()


def check(view: type[ModelView]) -> None:
    """Raise OptionsError where a view cannot be used; other models whose rules it needs have views without options."""
    admin = Admin("sqlite:///checked.db")
    admin.add_view(view)
    if view.inlines:
        admin.add_models(mapper.class_ for mapper in view.model.registry.mappers)  # type: ignore[attr-defined]
    admin.check()


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=named)
def test_python_runs(run: Any, page: Path) -> None:
    """The pieces of a page run one after the other, and every view among them can be used."""
    names = run(page)
    for value in list(names.values()):
        if isinstance(value, type) and issubclass(value, ModelView) and value is not ModelView:
            check(value)
        elif isinstance(value, Admin):
            value.check()


def test_options_are_all_there(run: Any) -> None:
    """The table has every option and method of ``ModelView``, and each example can be used."""
    page = ROOT / "docs" / "options.md"
    names = run(page)
    told = dict(_OPTION.findall(page.read_text()))
    for option, example in told.items():
        view = type("Example", (ModelView,), {"model": names["Order"], option: eval(example, names)})
        if option == "search_vector":
            view.column_searchable_list = ()
        check(view)
    options = {name for name in vars(ModelView) if not name.startswith("_")}
    methods = {name for name in options if inspect.isfunction(vars(ModelView)[name])}
    assert options - methods == set(told)
    assert all(f"`{name}(self" in page.read_text() for name in methods)
    arguments = set(inspect.signature(Admin).parameters)
    assert all(f"`{name}`" in page.read_text() for name in arguments)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    """Links between pages name files and heads that exist."""
    for target in _LINK.findall(page.read_text()):
        if target.startswith(("http:", "https:")):
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        assert linked.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.+)$", linked.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}, (
                target
            )


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_exist(page: Path) -> None:
    """Commands and their options are those that the program has."""
    for code in blocks(page, "sh"):
        for command, rest in _COMMAND.findall(code):
            found: Any = main.commands[command]
            if isinstance(found, Group):
                found = found.commands[rest.split()[0]]
            known = {name for parameter in found.params for name in parameter.opts}
            assert set(re.findall(r"--[\w-]+", rest)) <= known


def test_examples_that_are_named_exist() -> None:
    """Files that a page names are there."""
    for page in PAGES:
        for name in re.findall(r"`(examples/\w+\.py)`", page.read_text()):
            assert (ROOT / name).exists(), name


def test_the_index_names_every_page() -> None:
    """Each page can be found from the first one."""
    linked = set(_LINK.findall((ROOT / "docs" / "index.md").read_text()))
    assert {page.name for page in PAGES} - {"index.md"} <= linked
