"""Files that are sent: names they are kept by, what is taken, and where they go."""

from __future__ import annotations

import re

import pytest

from webadmin.forms.uploads import picture_type, safe_name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("report.pdf", r"report-[0-9a-f]{12}\.pdf"),
        ("../../etc/passwd", r"passwd-[0-9a-f]{12}"),
        ("C:\\Users\\me\\Größe 1.PNG", r"Groe-1-[0-9a-f]{12}\.png"),
        (".htaccess", r"htaccess-[0-9a-f]{12}"),
        ("shell.php.jpg", r"shell-php-[0-9a-f]{12}\.jpg"),
        ("a\x00b\r\n.html", r"a-b-[0-9a-f]{12}\.html"),
        ("日本", r"[0-9a-f]{12}"),
        ("", r"[0-9a-f]{12}"),
        ("x" * 500 + ".pdf", r"x{60}-[0-9a-f]{12}\.pdf"),
        ("name." + "y" * 500, r"name-[0-9a-f]{12}\.y{9}"),
    ],
)
def test_names_are_safe(sent: str, kept: str) -> None:
    """No path, nothing hidden, one ending, no odd character, no name twice, and never longer than the column."""
    name = safe_name(sent)
    assert re.fullmatch(kept, name)
    assert safe_name(sent) != name
    assert len(safe_name(sent, 20)) <= 24
    assert safe_name(sent, ending=".png").endswith(".png")


def test_pictures_are_told_by_their_content() -> None:
    """A page of HTML is no picture whatever it is called, and neither is a drawing that may hold scripts."""
    assert picture_type(b"\x89PNG\r\n\x1a\n" + b"0" * 8) == ("image/png", ".png")
    assert picture_type(b"RIFF0000WEBPVP8 ") == ("image/webp", ".webp")
    for start in (b"<html><script>", b"<svg xmlns=", b"", b"RIFF0000AVI LIST", b"BM000000"):
        assert picture_type(start) is None
