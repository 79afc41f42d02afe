"""The shop's large tables in PostgreSQL: made by the server itself, set by set.

What is random comes from a hash of the row's number, so that the same rows come out however the work is cut.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection

from webadmin.demo import goods, words
from webadmin.demo.shop import SPAN, Size

_CHUNKS = 40

_FUNCTIONS = (
    # rnd: 0 to 1 from a row's number and a salt. pick: a member of a list for such a number.
    """
    CREATE OR REPLACE FUNCTION pg_temp.rnd(n bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS
    $$ SELECT (hashint8extended(n, salt) & 1073741823)::float8 / 1073741824 $$
    """,
    """
    CREATE OR REPLACE FUNCTION pg_temp.pick(list text[], share float8) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT list[1 + floor(share * cardinality(list))::int] $$
    """,
    """
    CREATE OR REPLACE FUNCTION pg_temp.moment(until timestamptz, span interval, share float8)
    RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT date_trunc('second', until - span * (0.4 * (1 - share) + 0.6 * (1 - share) * (1 - share))) $$
    """,
)

_PEOPLE = """
    CREATE TEMPORARY TABLE seed_people ON COMMIT DROP AS
    SELECT n, country, born, born + (:until - born) * pg_temp.rnd(n, 14) AS seen,
           CAST(lpad(to_hex(floor(extract(epoch FROM born) * 1000)::bigint), 12, '0') || '7' || substr(hash, 1, 3)
                || substr('89ab', 1 + n::int % 4, 1) || substr(hash, 4, 15) AS uuid) AS id,
           replace(pg_temp.pick((:first_names)[country * 12 - 11 : country * 12], pg_temp.rnd(n, 2)) || ' '
                || pg_temp.pick((:last_names)[country * 12 - 11 : country * 12], pg_temp.rnd(n, 3)), '_', ' ') AS name,
           n % 25 = 24 AS deleted
      FROM (SELECT n, md5(n::text) AS hash,
                   CAST(pg_temp.pick(:where_from, pg_temp.rnd(n, 1)) AS int) AS country,
                   pg_temp.moment(:until, :span, (n - 1)::float8 / :customers) AS born
              FROM generate_series(1::bigint, :customers) n) drawn
"""

_CUSTOMERS = """
    INSERT INTO customers (id, name, email, country, phone, born_on, newsletter, credit_limit, tags, preferences,
                           created_at, updated_at, deleted_at)
    SELECT id, name,
           -- some of the deleted have come back under another account with the same address
           'customer' || n - CASE WHEN deleted AND n % 3 = 0 THEN 1 ELSE 0 END || '@fernhill.example',
           (:countries)[country],
           CASE WHEN pg_temp.rnd(n, 4) > 0.1
                THEN (:phones)[country] || ' ' || 100 + floor(pg_temp.rnd(n, 5) * 900)::int || ' '
                     || 100000 + floor(pg_temp.rnd(n, 6) * 900000)::int END,
           CASE WHEN pg_temp.rnd(n, 7) > 0.1 THEN DATE '1938-01-01' + floor(pg_temp.rnd(n, 8) * 25000)::int END,
           CASE WHEN pg_temp.rnd(n, 9) > 0.1 THEN pg_temp.rnd(n, 9) > 0.55 END,
           CASE WHEN pg_temp.rnd(n, 10) > 0.9 THEN 100 * (1 + floor(pg_temp.rnd(n, 11) * 100)::int) END,
           CASE WHEN pg_temp.rnd(n, 12) < 0.75 THEN '{}'::text[]
                WHEN pg_temp.rnd(n, 12) < 0.95 THEN ARRAY[pg_temp.pick(:tags, pg_temp.rnd(n, 13))]
                ELSE ARRAY['vip', 'invoice-by-post', 'b2b'] END,
           CASE WHEN pg_temp.rnd(n, 15) < 0.1 THEN '{}'::jsonb ELSE
           jsonb_build_object('theme', pg_temp.pick(:themes, pg_temp.rnd(n, 15)),
                              'notify', jsonb_build_object('offers', pg_temp.rnd(n, 16) > 0.7, 'shipping', true),
                              'per_page', 24 * (1 + n % 3)) END,
           born, seen, CASE WHEN deleted THEN seen END
      FROM seed_people ORDER BY n
"""

_ORDERS = """
    WITH drawn AS (
        SELECT i, pg_temp.moment(:until, :span, (i - 0.5 * pg_temp.rnd(i, 21)) / :orders) AS created,
               -- few customers order much, and nobody before they were a customer
               1 + floor((floor(:customers * (i - 1)::float8 / :orders) + 1)
                         * power(pg_temp.rnd(i, 22), 1.4) * 0.999999)::bigint AS buyer,
               CAST(pg_temp.pick(:line_counts, pg_temp.rnd(i, 23)) AS int) AS line_count
          FROM generate_series(CAST(:low AS bigint), :high) i
    ), base AS MATERIALIZED (
        SELECT drawn.*, people.id AS buyer_id, people.name, people.country,
               CAST(CASE WHEN line_count = 0 THEN pg_temp.pick(:open, pg_temp.rnd(i, 24))
                         WHEN created > :until - INTERVAL '1 day' THEN pg_temp.pick(:fresh, pg_temp.rnd(i, 24))
                         WHEN created > :until - INTERVAL '7 days' THEN pg_temp.pick(:recent, pg_temp.rnd(i, 24))
                         ELSE pg_temp.pick(:settled, pg_temp.rnd(i, 24)) END AS order_status) AS status,
               i % 25 = 7 AS deleted
          FROM drawn JOIN seed_people people ON people.n = drawn.buyer
    ), lines AS (
        INSERT INTO order_lines (order_id, position, product_id, quantity, unit_price, discount)
        SELECT i, place, products.id,
               CAST(pg_temp.pick(:quantities, pg_temp.rnd(i * 20 + place, 42)) AS int), products.price,
               CASE WHEN pg_temp.rnd(i * 20 + place, 43) < 0.85 THEN 0
                    ELSE (ARRAY[0.05, 0.1, 0.15, 0.25])[1 + (i + place)::int % 4] END
          FROM base CROSS JOIN LATERAL generate_series(1, line_count) place
          JOIN products
            ON products.id = 1 + floor(power(pg_temp.rnd(i * 20 + place, 41), 2) * :products * 0.999999)::bigint
        RETURNING order_id, quantity * unit_price * (1 - discount)::numeric AS amount
    ), sums AS (
        SELECT order_id, round(sum(amount), 2) AS total FROM lines GROUP BY order_id
    )
    INSERT INTO orders (id, number, customer_id, status, total, currency, placed_at, due_on, delivery_window, channel,
                        recipient, note, tags, metadata, handled_by_id, approved_by_id, created_at, updated_at,
                        deleted_at)
    SELECT i, 'A-' || 1000000 + i, CASE WHEN pg_temp.rnd(i, 25) > 0.03 THEN buyer_id END, status,
           coalesce(total, CAST(pg_temp.pick(:agreed, pg_temp.rnd(i, 48)) AS numeric)), (:currencies)[country],
           least(:until, created + INTERVAL '1 minute' * floor(pg_temp.rnd(i, 26) * 12)),
           CASE WHEN pg_temp.rnd(i, 27) > 0.1
                THEN CAST(created AT TIME ZONE 'UTC' AS date) + 2 + floor(pg_temp.rnd(i, 28) * 28)::int END,
           CASE WHEN pg_temp.rnd(i, 29) > 0.1
                THEN INTERVAL '1 hour' * CAST(pg_temp.pick(:windows, pg_temp.rnd(i, 30)) AS int) END,
           pg_temp.pick(:channels, pg_temp.rnd(i, 31)),
           CASE WHEN pg_temp.rnd(i, 32) > 0.1 THEN name END,
           CASE WHEN i % 2500 = 1234 THEN :rare_note
                WHEN pg_temp.rnd(i, 33) < 0.4 THEN pg_temp.pick(:notes, pg_temp.rnd(i, 34)) END,
           CASE WHEN pg_temp.rnd(i, 35) < 0.7 THEN '{}'::text[]
                WHEN pg_temp.rnd(i, 35) < 0.93 THEN ARRAY[pg_temp.pick(:tags, pg_temp.rnd(i, 36))]
                ELSE ARRAY['gift', pg_temp.pick(:tags, 0.15 + 0.85 * pg_temp.rnd(i, 36))] END,
           CASE WHEN pg_temp.rnd(i, 37) < 0.1 THEN '{}'::jsonb ELSE
           jsonb_build_object('source', pg_temp.pick(:sources, pg_temp.rnd(i, 37)), 'gift', pg_temp.rnd(i, 38) < 0.08,
                              'utm', jsonb_build_object('campaign', pg_temp.pick(:campaigns, pg_temp.rnd(i, 39))),
                              'packing', jsonb_build_array(pg_temp.pick(:packing, pg_temp.rnd(i, 40)))) END,
           CASE WHEN status <> 'pending' AND pg_temp.rnd(i, 44) > 0.1
                THEN 1 + floor(power(pg_temp.rnd(i, 45), 1.7) * :staff)::int END,
           CASE WHEN total > 2500 AND status <> 'pending' THEN 1 + floor(pg_temp.rnd(i, 46) * 5)::int END,
           created, least(:until, created + INTERVAL '9 days' * pg_temp.rnd(i, 47)),
           CASE WHEN deleted THEN least(:until, created + INTERVAL '9 days' * pg_temp.rnd(i, 47)) END
      FROM base LEFT JOIN sums ON sums.order_id = base.i ORDER BY i
"""

_REVIEWS = """
    INSERT INTO reviews (id, product_id, customer_id, rating, text, approved, created_at, updated_at)
    SELECT r, 1 + floor(power(pg_temp.rnd(r, 61), 2) * :products * 0.999999)::bigint,
           CASE WHEN pg_temp.rnd(r, 62) > 0.1 THEN people.id END, rating,
           CASE WHEN pg_temp.rnd(r, 63) > 0.1 THEN pg_temp.pick(
                CASE rating WHEN 1 THEN :one WHEN 2 THEN :two WHEN 3 THEN :three WHEN 4 THEN :four ELSE :five END,
                pg_temp.rnd(r, 64)) END,
           CASE WHEN r < :reviews * 0.98 AND pg_temp.rnd(r, 65) > 0.02 THEN pg_temp.rnd(r, 65) > 0.07 END,
           written, written
      FROM (SELECT r, CAST(pg_temp.pick(CAST(string_to_array('5 5 5 5 5 4 4 4 4 3 3 2 1 1', ' ') AS text[]),
                                        pg_temp.rnd(r, 66)) AS smallint) AS rating,
                   pg_temp.moment(:until, :span, r::float8 / :reviews) AS written,
                   1 + floor(floor(:customers * (r - 1)::float8 / :reviews) * pg_temp.rnd(r, 67))::bigint AS author
              FROM generate_series(1::bigint, :reviews) r) drawn
      JOIN seed_people people ON people.n = author ORDER BY r
"""


def load(
    connection: Connection, size: Size, until: datetime, report: Callable[[str, int, int], None]
) -> None:
    """Write customers, orders with their lines, and reviews. The small tables are filled already."""
    connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '256MB'")  # for the indexes that come after
    for function in _FUNCTIONS:
        connection.exec_driver_sql(function)
    common = {"until": until, "span": SPAN, "customers": size.customers, "products": size.products}
    _run(connection, _PEOPLE, {**common, **_people()})
    connection.exec_driver_sql("ALTER TABLE seed_people ADD PRIMARY KEY (n)")
    connection.exec_driver_sql("ANALYZE seed_people")
    connection.exec_driver_sql("ANALYZE products")
    _run(connection, _CUSTOMERS, {**common, **_people()})
    report("customers", size.customers, size.customers)
    step = max(1000, -(-size.orders // _CHUNKS))
    values = {**common, **_order_words(), "orders": size.orders, "staff": len(goods.STAFF)}
    for low in range(1, size.orders + 1, step):
        high = min(low + step - 1, size.orders)
        _run(connection, _ORDERS, {**values, "low": low, "high": high})
        report("orders", high, size.orders)
    texts = dict(zip(("one", "two", "three", "four", "five"), goods.REVIEWS.values(), strict=True))
    _run(connection, _REVIEWS, {**common, **texts, "reviews": size.reviews})
    report("reviews", size.reviews, size.reviews)


def _run(connection: Connection, sql: str, values: dict[str, Any]) -> None:
    """Run ``sql`` with those of ``values`` that it names; a list of texts goes as an array."""
    statement = sa.text(sql)
    wanted = {name: values[name] for name in statement._bindparams}
    typed = [
        sa.bindparam(name, type_=ARRAY(sa.Text()))
        if isinstance(value, tuple | list)
        else sa.bindparam(name, type_=_TYPES.get(type(value)))
        for name, value in wanted.items()
    ]
    connection.execute(statement.bindparams(*typed), wanted)


_TYPES: dict[type, Any] = {int: sa.BigInteger(), datetime: sa.DateTime(timezone=True)}


def _people() -> dict[str, Any]:
    return {
        "where_from": [
            str(at) for at, country in enumerate(words.COUNTRIES, 1) for _ in range(country.weight)
        ],
        "first_names": [name for country in words.COUNTRIES for name in country.first_names.split()],
        "last_names": [name for country in words.COUNTRIES for name in country.last_names.split()],
        "countries": [country.code for country in words.COUNTRIES],
        "phones": [country.phone for country in words.COUNTRIES],
        "tags": words.CUSTOMER_TAGS,
        "themes": words.THEMES,
    }


def _order_words() -> dict[str, Any]:
    return {
        "line_counts": words.LINES.split(),
        "open": words.OPEN.split(),
        "agreed": words.AGREED.split(),
        "fresh": words.FRESH.split(),
        "recent": words.RECENT.split(),
        "settled": words.SETTLED.split(),
        "quantities": words.QUANTITIES.split(),
        "channels": words.CHANNELS.split(),
        "windows": words.WINDOW_HOURS.split(),
        "currencies": [country.currency for country in words.COUNTRIES],
        "notes": words.NOTES,
        "rare_note": words.RARE_NOTE,
        "tags": words.ORDER_TAGS,
        "sources": words.SOURCES,
        "campaigns": words.CAMPAIGNS,
        "packing": words.PACKING,
    }
