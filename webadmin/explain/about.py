"""What the database says of the run of a statement as a whole, as names and values for reading."""

from __future__ import annotations

from collections.abc import Iterator

from webadmin.explain.facts import Fact, pages, told
from webadmin.explain.finding import rows
from webadmin.explain.plan import Plan
from webadmin.text import format_number, ngettext
from webadmin.text import gettext as _


def about(plan: Plan) -> tuple[Fact, ...]:
    """Settings that differ, what planning read, compiling, triggers, and what nobody here has heard of."""
    return tuple(fact for fact in _about(plan) if fact.value)


def _about(plan: Plan) -> Iterator[Fact]:
    settings = ", ".join(f"{name} = {value}" for name, value in plan.settings.items())
    yield Fact(_("Settings"), settings, code=True)
    yield Fact(_("Pages read for planning"), pages(plan.planning_buffers))
    if plan.jit is not None:
        counted = ngettext("%s function", "%s functions", plan.jit.functions) % rows(plan.jit.functions)
        steps = (f"{name} {_('%s ms') % format_number(spent)}" for name, spent in plan.jit.steps.items())
        parts = [counted, _("%s ms") % format_number(plan.jit.total_ms), *steps, told(plan.jit.options)]
        yield Fact(_("Compiling"), ", ".join(part for part in parts if part))
    for trigger in plan.triggers:
        called = ngettext("%s call", "%s calls", trigger.calls) % rows(trigger.calls)
        where = " ".join(word for word in (trigger.constraint, trigger.name, trigger.relation) if word)
        yield Fact(_("Trigger"), f"{where}: {_('%s ms') % format_number(trigger.ms)}, {called}")
    for name, value in plan.extra.items():
        yield Fact(name, told(value), code=True)
