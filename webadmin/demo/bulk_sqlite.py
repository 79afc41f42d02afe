"""The shop's large tables where the database cannot make them itself: rows made here, written many at a time."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.demo import goods, words
from webadmin.demo.models import Channel, Customer, Order, OrderLine, OrderStatus, Review
from webadmin.demo.shop import SEED, Row, Size, batches, moment


def load(
    connection: Connection, size: Size, until: datetime, report: Callable[[str, int, int], None]
) -> None:
    """Write customers, orders with their lines, and reviews. The small tables are filled already."""
    prices = [row.price for row in connection.execute(sa.text("SELECT price FROM products ORDER BY id"))]
    customers = list(_customers(size, until))
    _insert(connection, Customer.__table__, customers)
    report("customers", size.customers, size.customers)
    pairs = _orders(size, until, customers, [Decimal(str(price)) for price in prices])
    done = 0
    while batch := list(islice(pairs, 2000)):
        _insert(connection, Order.__table__, [order for order, _ in batch])
        _insert(connection, OrderLine.__table__, [line for _, lines in batch for line in lines])
        done += len(batch)
        report("orders", done, size.orders)
    _insert(connection, Review.__table__, _reviews(size, until, customers))
    report("reviews", size.reviews, size.reviews)


def _insert(connection: Connection, table: Any, rows: Iterable[Row]) -> None:
    for batch in batches(rows):
        connection.execute(sa.insert(table), batch)


def _customers(size: Size, until: datetime) -> Iterator[Row]:
    dice = random.Random(SEED + 2)
    shares, total = [], 0
    for country in words.COUNTRIES:
        total += country.weight
        shares.append(total)
    for n in range(1, size.customers + 1):
        country = words.COUNTRIES[bisect_right(shares, dice.random() * total)]
        born = moment(until, (n - 1) / size.customers).replace(microsecond=0)
        seen = born + (until - born) * dice.random()
        deleted = n % 25 == 24
        # Some of the deleted have come back under another account with the same address.
        account = n - 1 if deleted and n % 3 == 0 else n
        phone = f"{country.phone} {dice.randint(100, 999)} {dice.randint(100000, 999999)}"
        name = f"{dice.choice(country.first_names.split())} {dice.choice(country.last_names.split())}"
        preferences = {
            "theme": dice.choice(words.THEMES),
            "notify": {"shipping": True, "offers": dice.random() > 0.7},
            "per_page": 24 * (1 + n % 3),
        }
        yield {
            "id": _key(born, dice),
            "name": name.replace("_", " "),
            "email": f"customer{account}@fernhill.example",
            "country": country.code,
            "phone": phone if dice.random() > 0.1 else None,
            "born_on": datetime(1938, 1, 1).date() + timedelta(days=dice.randrange(25000))
            if dice.random() > 0.1
            else None,
            "newsletter": dice.random() > 0.5 if dice.random() > 0.1 else None,
            "credit_limit": Decimal(100 * dice.randint(1, 100)) if dice.random() > 0.9 else None,
            "tags": sorted(dice.sample(words.CUSTOMER_TAGS, dice.choice((0, 0, 0, 0, 0, 0, 1, 1, 2, 3)))),
            "preferences": preferences if dice.random() > 0.1 else {},
            "created_at": born,
            "updated_at": seen,
            "deleted_at": seen if deleted else None,
        }


def _key(at: datetime, dice: random.Random) -> UUID:
    """A UUID of version 7 for that time, always the same one."""
    tail = dice.getrandbits(74)
    high = int(at.timestamp() * 1000) << 80 | 0x7 << 76 | (tail >> 62) << 64
    return UUID(int=high | 0b10 << 62 | (tail & (1 << 62) - 1))


def _orders(
    size: Size, until: datetime, customers: list[Row], prices: list[Decimal]
) -> Iterator[tuple[Row, list[Row]]]:
    dice, phone_dice = random.Random(SEED + 3), random.Random(SEED + 5)
    rnd, choice = dice.random, dice.choice
    counts, quantities = [int(n) for n in words.LINES.split()], [int(n) for n in words.QUANTITIES.split()]
    fresh, recent, settled, phoned = (
        [OrderStatus(name) for name in text.split()]
        for text in (words.FRESH, words.RECENT, words.SETTLED, words.OPEN)
    )
    agreed = [Decimal(text) for text in words.AGREED.split()]
    channels = [Channel(name) for name in words.CHANNELS.split()]
    windows = [timedelta(hours=int(hours)) for hours in words.WINDOW_HOURS.split()]
    currencies = {country.code: country.currency for country in words.COUNTRIES}
    for number in range(1, size.orders + 1):
        created = moment(until, (number - 0.5 * rnd()) / size.orders).replace(microsecond=0)
        # Few customers order much, and nobody before they were a customer.
        known = len(customers) * (number - 1) // size.orders + 1
        customer = customers[int(known * rnd() ** 1.4)]
        age = until - created
        status = choice(fresh if age < timedelta(days=1) else recent if age < timedelta(days=7) else settled)
        lines, total = [], Decimal(0)
        for position in range(1, choice(counts) + 1):
            product = int(len(prices) * rnd() ** 2)
            quantity, discount = choice(quantities), 0.0 if rnd() < 0.85 else choice((0.05, 0.1, 0.15, 0.25))
            total += quantity * prices[product] * (1 - Decimal(str(discount)))
            lines.append(
                {
                    "order_id": number,
                    "position": position,
                    "product_id": product + 1,
                    "quantity": quantity,
                    "unit_price": prices[product],
                    "discount": discount,
                }
            )
        touched = min(until, created + timedelta(days=9) * rnd())
        note = choice(words.NOTES) if rnd() < 0.4 else None
        extra = {
            "source": choice(words.SOURCES),
            "gift": rnd() < 0.08,
            "utm": {"campaign": choice(words.CAMPAIGNS)},
            "packing": [choice(words.PACKING)],
        }
        order = {
            "id": number,
            "number": f"A-{1000000 + number}",
            "customer_id": customer["id"] if rnd() > 0.03 else None,
            "status": status,
            "total": round(total, 2),
            "currency": currencies[customer["country"]],
            "placed_at": min(until, created + timedelta(minutes=int(12 * rnd()))),
            "due_on": created.date() + timedelta(days=2 + int(28 * rnd())) if rnd() > 0.1 else None,
            "delivery_window": choice(windows) if rnd() > 0.1 else None,
            "channel": choice(channels),
            "recipient": customer["name"] if rnd() > 0.1 else None,
            "note": words.RARE_NOTE if number % 2500 == 1234 else note,
            "tags": sorted(dice.sample(words.ORDER_TAGS, choice((0, 0, 0, 0, 0, 0, 0, 1, 1, 2)))),
            "metadata": extra if rnd() > 0.1 else {},
            "handled_by_id": 1 + int(len(goods.STAFF) * rnd() ** 1.7)
            if status is not OrderStatus.PENDING and rnd() > 0.1
            else None,
            "approved_by_id": 1 + int(5 * rnd())
            if total > 2500 and status is not OrderStatus.PENDING
            else None,
            "created_at": created,
            "updated_at": touched,
            "deleted_at": touched if number % 25 == 7 else None,
        }
        if not lines:  # of dice of its own, so that the rows after it stay as they are
            order |= {"status": phone_dice.choice(phoned), "total": phone_dice.choice(agreed)}
            order |= {"handled_by_id": None, "approved_by_id": None}
        yield order, lines


def _reviews(size: Size, until: datetime, customers: list[Row]) -> Iterator[Row]:
    dice = random.Random(SEED + 4)
    for number in range(1, size.reviews + 1):
        rating = dice.choice((5, 5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 2, 1, 1))
        written = moment(until, number / size.reviews).replace(microsecond=0)
        known = len(customers) * (number - 1) // size.reviews + 1
        waits = number >= size.reviews * 0.98 or dice.random() < 0.02
        yield {
            "id": number,
            "product_id": 1 + int(size.products * dice.random() ** 2),
            "customer_id": customers[int(known * dice.random())]["id"] if dice.random() > 0.1 else None,
            "rating": rating,
            "text": dice.choice(goods.REVIEWS[rating]) if dice.random() > 0.1 else None,
            "approved": None if waits else dice.random() > 0.05,
            "created_at": written,
            "updated_at": written,
        }
