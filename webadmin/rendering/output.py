"""An environment whose templates print fast.

Jinja wraps each piece that a template prints in a ``Markup`` before it joins them all into one text; a list prints
more than a thousand pieces, and the wrapping is half of the time that its rows take. Here a piece is escaped to a
plain text, and a block or an included template is handed to what stands around it as one text. What comes out is
the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import markupsafe
from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

# Functions that want nothing of the template that calls them: Jinja's way of calling asks each time whether they do.
_PLAIN_FUNCTIONS = frozenset({"_", "gettext", "ngettext", "icon", "asset", "number", "zip"})

# Where a block or an include stands in the compiled template: piece by piece, through every template above it.
_PASSED_UP = re.compile(r"^( *)yield from (.+)$", re.MULTILINE)


def _escape_slowly(text: str) -> str:
    return str(escape(text))


# MarkupSafe's own inner function, private: without it pages are slower and not wrong.
_escape_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", _escape_slowly)


def printed(value: Any) -> str:
    """``value`` as it stands in a page: text escaped, ``Markup`` as it is, all else as :func:`markupsafe.escape` says."""
    kind = type(value)
    if kind is str:
        return _escape_text(value)
    return value if kind is Markup else escape(value)


def called(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """``function(…)``. A name that the template does not know raises UndefinedError."""
    return function(*args, **kwargs)


class _Generator(CodeGenerator):
    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.printed(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def visit_Call(  # noqa: N802 - Jinja's name
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        plain = isinstance(node.node, nodes.Name) and node.node.name in _PLAIN_FUNCTIONS
        if forward_caller or not plain:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.write("environment.called(")
        self.visit(node.node, frame)
        self.signature(node, frame)
        self.write(")")


class FastEnvironment(Environment):
    """Jinja's environment, where ``{{ }}`` costs half and each block is joined once."""

    code_generator_class = _Generator
    printed = staticmethod(printed)
    called = staticmethod(called)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        code = super()._generate(source, name, filename, defer_init)
        return _PASSED_UP.sub(r"\1yield ''.join(\2)", code)
