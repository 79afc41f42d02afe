"""For templates of a host's own: macros that put a list of the admin into a page."""

from __future__ import annotations

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader

from webadmin.paths import TEMPLATES


def install(environment: Environment) -> None:
    """Let templates of ``environment`` import ``webadmin/embed.html``, beside all that they find already.

    :param environment: any Jinja environment: ``Jinja2Templates(…).env`` of Starlette and FastAPI, ``app.jinja_env`` of
        Flask and Quart, one of your own. A template of that name of the host's own wins.
    """
    ours: BaseLoader = PrefixLoader({"webadmin": FileSystemLoader(TEMPLATES / "host")})
    found = environment.loader
    environment.loader = ours if found is None else ChoiceLoader([found, ours])
