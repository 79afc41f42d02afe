"""The tag ``{% inline "_cell.html" %}``: another template's text, taken in when the template is compiled.

An include or a macro costs a call each time; a list has hundreds of cells. The text taken in sees the variables
around it, and a host that overrides the other template overrides it here too.
"""

from __future__ import annotations

import re

from jinja2.ext import Extension

_TAG = re.compile(r"""\{%(-?)\s*inline\s+["']([\w./-]+)["']\s*(-?)%\}""")


class Inline(Extension):
    tags = set()

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """``source`` with every inline tag replaced, those of the taken-in text too.

        Raises TemplateNotFound for a template that does not exist.
        """

        def replace(found: re.Match[str]) -> str:
            before, template, after = found.groups()
            loader = self.environment.loader
            assert loader is not None, "a template that takes in another has a loader"
            text = self.preprocess(loader.get_source(self.environment, template)[0].rstrip("\n"), template)
            return f"{{#{before} #}}{text}{{# {after}#}}"  # comments that keep the tag's whitespace control

        return _TAG.sub(replace, source)
