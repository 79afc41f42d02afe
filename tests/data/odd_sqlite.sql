-- A film rental with everything odd in it that an SQLite file can have. SQLite 3.37 and newer, with FTS5.

CREATE TABLE language (language_id INTEGER PRIMARY KEY, name CHARACTER(20) NOT NULL);
CREATE TABLE film (
    film_id INTEGER PRIMARY KEY AUTOINCREMENT,
    title VARCHAR(255) NOT NULL,
    description TEXT DEFAULT 'none, yet: (soon)',
    language_id INTEGER NOT NULL REFERENCES Language,
    original_language_id INTEGER REFERENCES language (LANGUAGE_ID) ON DELETE SET NULL,
    rental_rate DECIMAL(4, 2) NOT NULL DEFAULT 4.99,
    released DATE,
    last_update TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    deleted_at DATETIME,
    details JSON,
    active BOOLEAN DEFAULT 1,
    "upper, title" TEXT GENERATED ALWAYS AS (upper(title || ' (' || 'x' || ')')) STORED, -- a comment, here
    doubled REAL AS (rental_rate * 2) VIRTUAL
);
CREATE INDEX film_lower ON film (lower(title), language_id DESC);
CREATE UNIQUE INDEX film_live ON film (title) WHERE deleted_at IS NULL;
CREATE TABLE actor (actor_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT);
CREATE TABLE film_actor (
    actor_id INTEGER NOT NULL REFERENCES actor ON DELETE CASCADE,
    film_id INTEGER NOT NULL REFERENCES film ON DELETE CASCADE,
    last_update TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (actor_id, film_id)
) WITHOUT ROWID;
CREATE TABLE category (id INTEGER PRIMARY KEY, name TEXT UNIQUE, parent_id INTEGER REFERENCES category);

-- Keys
CREATE TABLE no_key (note TEXT, amount INTEGER);
CREATE TABLE shadowed (rowid TEXT, oid TEXT);
CREATE TABLE all_shadowed (rowid TEXT, oid TEXT, _rowid_ TEXT);
CREATE TABLE unique_key (code TEXT NOT NULL UNIQUE, note TEXT);
CREATE TABLE text_key (code TEXT PRIMARY KEY, note TEXT);
CREATE TABLE null_key (code TEXT PRIMARY KEY, note TEXT);
CREATE TABLE int_key (code INT PRIMARY KEY NOT NULL, note TEXT);
CREATE TABLE pair_key (a TEXT, b INTEGER, note TEXT, PRIMARY KEY (b, a)) WITHOUT ROWID;
CREATE TABLE strict_one (id INTEGER PRIMARY KEY, exact INT, anything ANY, words TEXT, part REAL, bytes BLOB) STRICT;
CREATE TABLE dangling (id INTEGER PRIMARY KEY, gone_id INTEGER REFERENCES gone, film_id INTEGER REFERENCES film (nope));

-- Types that are declared in one way and used in another
CREATE TABLE odd_types (
    id INTEGER PRIMARY KEY,
    untyped, untyped_mix, untyped_bytes,
    epoch TIMESTAMP, iso TIMESTAMP, zoned DATETIME, words_as_date DATE, clock TIME,
    yes_no BOOLEAN, flag BOOL, uuid UUID, price MONEY, words NUMERIC, whole INTEGER, broken JSON,
    very_odd "MY OWN (type)", place POINT, big UNSIGNED BIG INT, rarely DATE
);

-- Names
CREATE TABLE "Order" (id INTEGER PRIMARY KEY, "group" TEXT, "With Space" TEXT, "metadata" TEXT, [in brackets] TEXT,
                      "with ""quote""" TEXT, "co:lon" TEXT, "per%cent" TEXT, "class" TEXT, "2nd" TEXT);
CREATE TABLE "Line Item's ""best""" (id INTEGER PRIMARY KEY, "Order Id" INTEGER REFERENCES "Order");

CREATE VIEW film_list AS SELECT f.film_id AS fid, f.title, f.last_update, count(*) AS actors, 'x' || f.title AS words
  FROM film f LEFT JOIN film_actor USING (film_id) GROUP BY f.film_id;
CREATE TABLE soon_gone (id INTEGER);
CREATE VIEW broken AS SELECT * FROM soon_gone;
DROP TABLE soon_gone;
CREATE VIRTUAL TABLE film_text USING fts5(title, description, content='film', content_rowid='film_id');
CREATE TABLE film_text_notes (id INTEGER PRIMARY KEY);

INSERT INTO language VALUES (1, 'English'), (2, 'Français');
INSERT INTO film (title, language_id, original_language_id, released, details)
VALUES ('Academy Dinosaur', 1, 2, '2006-01-01', '{"a": 1}'), ('Ace', 2, NULL, NULL, NULL);
INSERT INTO actor VALUES (1, 'Penelope', 'Guiness'), (2, 'Nick', 'Wahlberg');
INSERT INTO film_actor (actor_id, film_id) VALUES (1, 1), (2, 1), (1, 2);
INSERT INTO category VALUES (1, 'All', NULL), (2, 'Drama', 1);
INSERT INTO no_key VALUES ('same', 1), ('same', 1), (NULL, NULL);
INSERT INTO shadowed VALUES ('a', 'b');
INSERT INTO all_shadowed VALUES ('a', 'b', 'c'), ('a', 'b', 'c');
INSERT INTO unique_key VALUES ('a', 'x'), ('b', 'y');
INSERT INTO text_key VALUES ('a/b, c~d', 'x'), ('add', 'y'), ('', 'z');
INSERT INTO null_key VALUES (NULL, 'x'), ('a', 'y');
INSERT INTO int_key VALUES (5, 'x');
INSERT INTO pair_key VALUES ('x', 1, 'n');
INSERT INTO strict_one VALUES (1, 2, 'three', 'four', 5.5, x'06');
INSERT INTO dangling VALUES (1, 7, 8);
INSERT INTO odd_types VALUES (
    1, 7, 7, x'00', 1767225600, '2026-01-01T12:00:00', '2026-01-01 12:00:00+02:00', 'someday', '12:30',
    'Y', 1, '01234567-89ab-7def-8123-456789abcdef', 12.34, 'twelve', 'x', '{"a":', 'odd', 'POINT(1 2)', 9, '2026-01-01');
INSERT INTO odd_types (id, untyped_mix) VALUES (2, 'words');
INSERT INTO "Order" (id, "group", "With Space") VALUES (1, 'g', 's');
INSERT INTO "Line Item's ""best""" VALUES (1, 1);
INSERT INTO film_text (film_text) VALUES ('rebuild');
