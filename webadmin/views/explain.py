"""What the statements of a page cost: the page is made once more, read-only, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from starlette.datastructures import FormData

from webadmin.explain import ExplainReport, build
from webadmin.explain.origin import functions_of
from webadmin.rendering.shell import Link
from webadmin.rendering.urls import full_path
from webadmin.request import AdminRequest, Answer, Page
from webadmin.views.explained import asked_of, beside, hidden_relations
from webadmin.views.proposing import may_build, proposer

View = Callable[[AdminRequest], Answer]


@dataclass(frozen=True, slots=True)
class ExplainPage:
    key: str
    title: str
    """What the page is called that the statements are of."""
    list_title: str
    """The plural label of the model."""
    list_url: str
    page_url: str
    """The page itself, to go back to; the list where it cannot be opened by a link."""
    action_url: str
    """This page with the same query string: the measurement is asked for there by POST, ``analyze=1``."""
    report: ExplainReport
    hidden: tuple[tuple[str, str], ...] = ()
    """What the page was asked by a form, to be asked the same again."""
    verifies: bool = False
    """Proposed indexes can be built for a trial: by POST, ``verify=1``."""
    make_url: str = ""
    """Where the ``token`` of a proposal is posted to have the index made."""
    beside: tuple[Link, ...] = ()
    """The statements of what such a page asks for while it is used: look-ups, counts."""


BUDGET_MS = 20_000
"""All measurements of one press of the button together."""
VERIFY = "verify"
"""The field that has proposed indexes built for a trial, in a transaction that may write."""
_NOT_AGAIN = frozenset({"analyze", VERIFY, "confirm", "run", "csrf_token"})
"""Fields of a form that make an action happen, that name its progress, or that are the panel's own."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Shows the statements of what ``page`` answers; POST with ``analyze=1`` measures them.

    The page is made in the transaction of a request that only reads, under a savepoint that is rolled back. Of a form that
    previews an action, what would confirm it is taken out before.
    """

    page: View
    also: str
    """The page's own permission, which the person needs besides."""
    posted: bool = False
    """The page is the answer to a form."""

    def __call__(self, request: AdminRequest) -> Answer:
        request.permit(self.also.format(**request.params))
        analyze = request.method == "POST" and request.posted("analyze") == "1"
        shown: list[Answer] = []
        views = request.registry.views.values()
        report = build(
            request.dialect,
            request.session,
            lambda: shown.append(self.page(self._asked(request))),
            analyze=analyze,
            budget_ms=BUDGET_MS,
            hidden=request.registry.hidden_columns | hidden_relations(request),
            known=partial(functions_of, views),
            asked=asked_of(request),
            propose=proposer(request, building=request.method == "POST" and request.posted(VERIFY) == "1"),
        )
        return Page(
            "explain.html",
            self._content(request, report, shown[0] if shown else None),
            block="panel" if request.htmx else None,
        )

    def _asked(self, request: AdminRequest) -> AdminRequest:
        """The request that the page would have got."""
        method = "POST" if self.posted else "GET"
        form = FormData(_fields(request.form)) if self.posted else FormData()
        return replace(request, method=method, form=form, htmx=False, cookie=deepcopy(request.cookie))

    def _content(self, request: AdminRequest, report: ExplainReport, answer: Answer | None) -> ExplainPage:
        view, urls = request.view, request.urls
        path, query = full_path(request.connection.scope), request.connection.url.query
        here = f"?{query}" if query else ""
        content: Any = answer.content if isinstance(answer, Page) else None
        fields = _fields(request.form) if self.posted else []
        return ExplainPage(
            key=view.key,
            title=getattr(content, "title", "") or getattr(content, "label", "") or view.name_plural,
            list_title=view.name_plural,
            list_url=urls.list(view),
            page_url=urls.list(view) if self.posted else urls.unexplained(view, path) + here,
            action_url=path + here,
            report=report,
            hidden=tuple((name, value) for name, value in fields if isinstance(value, str)),
            make_url=f"{urls.page('database')}indexes/",
            verifies=not self.posted and may_build(request),
            beside=beside(request, content),
        )


def _fields(form: FormData) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in form.multi_items() if name not in _NOT_AGAIN]
