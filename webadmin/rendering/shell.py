"""What every page shows around its own content: brand, navigation, person, messages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go: text and address."""

    label: str
    url: str
    current: bool = False
    add_url: str | None = None
    """Where to create a row of this kind, when the person may."""


@dataclass(frozen=True, slots=True)
class LinkGroup:
    label: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One line shown once, on the page after an action."""

    text: str
    tone: str = "ok"
    """ok, info, warn or bad."""
    url: str | None = None
    """Where the button leads or posts to."""
    url_label: str | None = None
    post: bool = False
    """Whether the button is a form that posts (Undo, Restore) rather than a link."""


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of a page; a template reads it as ``shell``."""

    title: str
    """The admin's title, as given to ``Admin(title=…)``."""
    home_url: str
    navigation: tuple[LinkGroup, ...]
    messages: tuple[Message, ...]
    csrf_token: str
    user_name: str
    """Empty when nobody is logged in."""
    logout_url: str | None
    account_url: str | None
    static_url: str
    """Address of the static files, without the trailing slash; add ``/css/…``, ``/js/…``, ``/vendor/…``."""
    language: str = "en"
    direction: str = "ltr"
    theme: str = "system"
    """system, light or dark."""
    density: str = "comfortable"
    """comfortable or compact."""
    shortcuts: bool = True
    read_only: bool = False
    request_id: str = ""
    changes_url: str | None = None
    """The page of all changes, for somebody who may view a list."""
    database_url: str | None = None
    """The page about the database, for those who may see it."""
    explain_url: str | None = None
    """The statements of this page, for those who may see them."""
    explain_posts: bool = False
    """They are asked for by sending the page's form there."""
    people: Link | None = None
    """The pages about people and roles, for those who manage them."""
