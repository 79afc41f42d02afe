"""How large the shop is, when things happened in it, and the small tables: the same rows on every database."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from webadmin.demo import goods

SEED = 20261121
SPAN = timedelta(days=3 * 365)
"""How long the shop has been open."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows of each kind belong to a number of orders."""

    orders: int

    @property
    def customers(self) -> int:
        return max(self.orders // 4, 12)

    @property
    def products(self) -> int:
        return max(self.orders // 25, 60)

    @property
    def reviews(self) -> int:
        return max(self.orders // 5, 24)


def moment(until: datetime, share: float) -> datetime:
    """When ``share`` (0 to 1) of all orders had come in: business has grown, so later shares are closer together."""
    left = 1 - share
    return until - SPAN * (0.4 * left + 0.6 * left * left)


def batches(rows: Iterable[Row], length: int = 2000) -> Iterator[list[Row]]:
    """``rows`` in lists of at most ``length``."""
    left = iter(rows)
    while batch := list(islice(left, length)):
        yield batch


def staff(until: datetime) -> Iterator[Row]:
    for at, name in enumerate(goods.STAFF, 1):
        account = ".".join(part for part in name.lower().split() if part.isascii()) or f"staff{at}"
        yield {
            "id": at,
            "name": name,
            "email": f"{account}.{at}@fernhill.example",
            "job": goods.JOBS[at % len(goods.JOBS)] if at % 9 else None,
            "active": at % 11 != 0,
            "joined_on": (until - timedelta(days=37 * at)).date() if at % 10 else None,
        }


def categories() -> Iterator[Row]:
    """Parents before their children."""
    number = 0
    for place, (top, below) in enumerate(goods.CATALOGUE.items(), 1):
        number += 1
        parent = number
        yield {"id": number, "name": top, "slug": top.lower(), "parent_id": None, "place": place}
        for at, name in enumerate(below, 1):
            number += 1
            slug = f"{top}-{name}".lower().replace(" ", "-")
            yield {"id": number, "name": name, "slug": slug, "parent_id": parent, "place": at}


def tags() -> Iterator[Row]:
    colours = list(goods.COLOURS.values())
    for at, name in enumerate(goods.TAG_NAMES, 1):
        yield {"id": at, "name": name, "colour": colours[at % len(colours)] if at % 10 else None}


def staff_notes(until: datetime) -> Iterator[Row]:
    for at, (slug, (title, text)) in enumerate(goods.STAFF_NOTES.items(), 1):
        written = until - timedelta(days=11 * at)
        yield {
            "slug": slug,
            "title": title,
            "text": text,
            "pinned": at % 4 == 1,
            "author_id": at if at % 9 else None,
            "created_at": written,
            "updated_at": written,
        }


def products(size: Size, until: datetime) -> Iterator[Row]:
    dice = random.Random(SEED)
    leaves = {row["slug"]: row["id"] for row in categories()}
    kinds = [
        (leaves[f"{top}-{name}".lower().replace(" ", "-")], prefix, thing)
        for top, below in goods.CATALOGUE.items()
        for name, (prefix, things) in below.items()
        for thing in things.split(", ")
    ]
    codes, colours = list(goods.MATERIALS), list(goods.COLOURS)
    pictures = {name: goods.picture(code) for name, code in goods.COLOURS.items()}
    taken = ""
    for number in range(1, size.products + 1):
        category, prefix, thing = kinds[dice.randrange(len(kinds))]
        material, colour, length = dice.choice(codes), dice.choice(colours), dice.choice(goods.SIZES)
        born = dice.random() * number / size.products
        created = moment(until, born)
        deleted = moment(until, born + (1 - born) * dice.random()) if dice.random() < 0.04 else None
        sku = f"{prefix}-{material}-{number:05}"
        if deleted and taken and dice.random() < 0.4:  # its number has been given to another product since
            sku = taken
        elif not deleted:
            taken = sku
        price = Decimal(dice.choice((95, 490, 1250, 1990, 3495, 6400, 12900, 24900))) / 100
        price += Decimal(dice.randrange(0, 2000, 5)) / 100
        yield {
            "id": number,
            "sku": sku,
            "name": f"{goods.MATERIALS[material]} {thing}, {length}",
            "category_id": category if dice.random() > 0.03 else None,
            "price": price,
            "weight": round(dice.lognormvariate(0.6, 1.0), 3) if dice.random() > 0.1 else None,
            "stock": 0 if dice.random() < 0.08 else int(dice.expovariate(1 / 60)),
            "active": dice.random() > 0.07,
            "labels": sorted(dice.sample(goods.LABELS, dice.choice((0, 0, 1, 1, 2, 3)))),
            "attributes": {"colour": colour, "material": goods.MATERIALS[material].lower(), "size": length},
            "description": " ".join(dice.sample(goods.SENTENCES, dice.randint(3, 8)))
            if dice.random() > 0.1
            else None,
            "image": pictures[colour] if dice.random() > 0.1 else None,
            "created_at": created,
            "updated_at": created,
            "deleted_at": deleted,
            "version": 1,
        }


def product_tags(size: Size) -> Iterator[Row]:
    dice = random.Random(SEED + 1)
    for number in range(1, size.products + 1):
        for tag in sorted(
            dice.sample(range(1, len(goods.TAG_NAMES) + 1), dice.choice((0, 0, 1, 1, 2, 3, 4)))
        ):
            yield {"product_id": number, "tag_id": tag}


def now() -> datetime:
    """The end of the shop's history: this minute."""
    return datetime.now(UTC).replace(second=0, microsecond=0)
