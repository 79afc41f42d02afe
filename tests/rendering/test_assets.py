"""Static files: addresses, what is found, what is sent, and how much it weighs."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from webadmin.paths import STATIC
from webadmin.rendering import assets as module
from webadmin.rendering.assets import Assets

TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
BUDGET = 60 * 1024


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets()


def _scope(method: str = "GET", **headers: str) -> dict[str, object]:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "headers": pairs}


def test_every_file_is_found_at_its_own_address_with_its_type(assets: Assets) -> None:
    """Each name has an address with a hash, and there the file with the type that fits its ending."""
    for name in assets.names():
        address = assets.url(name)
        stem, _, suffix = name.rpartition(".")
        assert re.fullmatch(rf"{re.escape(stem)}\.[0-9a-f]{{10}}\.{suffix}", address)
        found = assets.get(address)
        assert found is not None
        assert found.immutable
        assert found.content_type == TYPES[suffix]
        assert gzip.decompress(found.gzip) == found.body


def test_an_address_without_hash_or_with_an_old_one_is_not_kept(assets: Assets) -> None:
    """A page from before an upgrade still gets its files, but asks again the next time."""
    for path in ("css/webadmin.css", "css/webadmin.0123456789.css"):
        found = assets.get(path)
        assert found is not None
        assert not found.immutable


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "/",
        "..",
        "../pyproject.toml",
        "css/../../pyproject.toml",
        "css/../icons.svg",
        "/etc/passwd",
        "css/index.css",
        "css/",
        "css/webadmin.css/",
        "css/webadmin.css\x00",
        "css/webadmin.XYZ.css",
        "css/webadmin.0123456789.0123456789.css",
        "css\\webadmin.css",
        "package.json",
        "vendor/.stamp",
        "a" * 10_000,
    ],
)
def test_no_other_path_is_found(assets: Assets, path: str) -> None:
    """Only the known files are served: nothing beside them, above them or spelled in another way."""
    assert assets.get(path) is None
    assert assets.response(path, _scope()).status_code == 404  # type: ignore[arg-type]


def test_an_unknown_name_in_a_template_is_an_error(assets: Assets) -> None:
    """A slip in a template is seen at once and not as a page without its style."""
    with pytest.raises(KeyError):
        assets.url("css/missing.css")


def test_the_hash_follows_the_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed file has another address, the others keep theirs."""
    for name in ("css/index.css", "js/index.js", "vendor/htmx.min.js", "icons.svg", "favicon.svg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.setattr(module, "STATIC", tmp_path)
    seen = []
    try:
        for content in ("", "a {}\n"):
            (tmp_path / "css" / "index.css").write_text(content)
            module._files.cache_clear()
            seen.append((Assets().url("css/webadmin.css"), Assets().url("icons.svg")))
    finally:
        module._files.cache_clear()
    assert seen[0][0] != seen[1][0]
    assert seen[0][1] == seen[1][1]


def test_a_compressed_answer_and_one_that_is_not(assets: Assets) -> None:
    """A browser that takes gzip gets it; both answers may be kept for a year and say what they depend on."""
    address = assets.url("css/webadmin.css")
    packed = assets.response(address, _scope(accept_encoding="gzip, br"))  # type: ignore[arg-type]
    plain = assets.response(address, _scope())  # type: ignore[arg-type]
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(bytes(packed.body)) == plain.body
    assert "content-encoding" not in plain.headers
    for answer in (packed, plain):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["vary"] == "Accept-Encoding"


def test_a_browser_that_has_the_file_gets_no_body(assets: Assets) -> None:
    """The tag that an answer carried, sent back, gives 304; the tag of the other encoding does not."""
    first = assets.response("icons.svg", _scope())  # type: ignore[arg-type]
    again = assets.response("icons.svg", _scope(if_none_match=first.headers["etag"]))  # type: ignore[arg-type]
    assert (again.status_code, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = _scope(if_none_match=first.headers["etag"], accept_encoding="gzip")
    assert assets.response("icons.svg", other).status_code == 200  # type: ignore[arg-type]


def test_only_reading_methods_are_answered(assets: Assets) -> None:
    """A POST to a file is refused and says what is allowed."""
    answer = assets.response("icons.svg", _scope("POST"))  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert assets.response("icons.svg", _scope("HEAD")).status_code == 200  # type: ignore[arg-type]


def test_a_page_weighs_less_than_its_budget(assets: Assets) -> None:
    """All styles and scripts together, htmx included, stay under 60 KB compressed."""
    sizes = {name: len(assets.get(name).gzip) for name in assets.names() if not name.endswith(".svg")}  # type: ignore[union-attr]
    assert len(sizes) == 3
    assert sum(sizes.values()) < BUDGET, sizes


def test_every_style_sheet_and_script_is_in_its_bundle(assets: Assets) -> None:
    """No file lies in css/ or js/ that no page ever loads, and no import is left for the browser to follow."""
    css, js = (assets.get(name) for name in ("css/webadmin.css", "js/webadmin.js"))
    assert css is not None
    assert js is not None
    for path in (STATIC / "css").glob("*.css"):
        if path.name != "index.css":
            assert path.read_bytes() in css.body, path.name
    assert b"@import" not in css.body
    imported = {
        found
        for path in (STATIC / "js").glob("*.js")
        for found in re.findall(r'^import .*"\./([\w-]+\.js)";$', path.read_text(), re.MULTILINE)
    }
    assert imported == {path.name for path in (STATIC / "js").glob("*.js")} - {"index.js"}
    assert not re.search(rb"^(import|export) ", js.body, re.MULTILINE)


def test_shared_scripts_have_names_of_their_own() -> None:
    """What scripts export stands side by side in the bundle, so each top-level name there is given once."""
    shared = [
        text
        for path in (STATIC / "js").glob("*.js")
        if re.search("^export ", text := path.read_text(), re.MULTILINE)
    ]
    declared = r"^(?:export )?(?:async )?(?:function|const|let|class) (\w+)"
    names = [name for text in shared for name in re.findall(declared, text, re.MULTILINE)]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)


def test_styles_stay_in_layers_and_out_of_the_way_of_the_content_security_policy(assets: Assets) -> None:
    """Every rule is in a layer, so that a host's own rules win, and nothing is loaded from elsewhere."""
    css = assets.get("css/webadmin.css")
    assert css is not None
    text = re.sub(r"/\*.*?\*/", "", css.body.decode(), flags=re.DOTALL)
    depth, outside = 0, ""
    for letter in text:
        if depth == 0:
            outside += letter
        depth += (letter == "{") - (letter == "}")
    assert depth == 0
    assert set(re.findall(r"@[\w-]+", outside)) == {"@layer"}
    assert "url(" not in text


def test_every_icon_that_a_script_draws_is_in_the_sprite() -> None:
    """An icon that is missing would be an empty square that nobody notices."""
    symbols = set(re.findall(r'<symbol id="i-(\w+)"', (STATIC / "icons.svg").read_text()))
    drawn = {
        name
        for path in (STATIC / "js").glob("*.js")
        for name in re.findall(r'icon\([^)]*?"(\w+)"', path.read_text())
    }
    assert drawn
    assert drawn <= symbols
