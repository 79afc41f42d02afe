"""Words that the shop's catalogue, staff and notes are made of. All of it is invented."""

from __future__ import annotations

import struct
import zlib


def _several(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


# Top category: categories below it, each with the prefix of its products' numbers and its products.
CATALOGUE: dict[str, dict[str, tuple[str, str]]] = {
    "Furniture": {
        "Shelves": ("SH", "shelf, wall shelf, corner shelf, bookcase, shelf bracket, ladder shelf"),
        "Tables": ("TB", "desk, side table, dining table, bench, folding table, work table"),
        "Seating": ("SE", "stool, armchair, dining chair, footrest, rocking chair"),
        "Storage": ("ST", "chest, wardrobe, shoe rack, coat stand, drawer unit"),
    },
    "Lighting": {
        "Lamps": ("LT", "table lamp, floor lamp, reading lamp, clip lamp, bedside lamp"),
        "Pendants": ("PD", "pendant, chandelier, ceiling light, lampshade"),
        "Outdoor lights": ("OL", "lantern, path light, wall light, string light"),
    },
    "Kitchen": {
        "Cookware": ("CW", "saucepan, casserole, frying pan, wok, stock pot, lid"),
        "Tableware": ("TW", "dinner plate, bowl, mug, serving dish, jug, egg cup"),
        "Tools": ("KT", "chopping board, ladle, whisk, peeler, rolling pin, spatula"),
    },
    "Textiles": {
        "Bedding": ("BD", "duvet cover, pillowcase, blanket, fitted sheet, quilt"),
        "Curtains": ("CT", "curtain, blind, curtain rail, tie-back"),
        "Towels": ("TL", "bath towel, tea towel, bathrobe, bath mat"),
    },
    "Hardware": {
        "Fixings": ("HW", "wall hook, hinge, screw set, wall plug, door stop, castor"),
        "Handles": ("HD", "drawer pull, door handle, knob, latch"),
    },
    "Garden": {
        "Planters": ("GP", "planter, hanging basket, window box, saucer, trellis"),
        "Garden tools": ("GT", "trowel, hand fork, watering can, pruning saw, rake, dibber"),
    },
}
MATERIALS = {
    "OAK": "Oak", "ASH": "Ash", "BRS": "Brass", "COP": "Copper", "LIN": "Linen", "WOL": "Wool", "STL": "Steel",
    "GLS": "Glass", "CRM": "Ceramic", "BMB": "Bamboo", "CRK": "Cork", "WLN": "Walnut",
}  # fmt: skip
SIZES = ("small", "medium", "large", "40 cm", "80 cm", "120 cm", "180 cm", "set of 2", "set of 6")
COLOURS = {
    "natural": "#c8a26b", "white": "#f5f5f2", "black": "#1d1d1f", "moss": "#6b7a45", "rust": "#a8502f",
    "sky": "#8fb8d8", "sand": "#d9c9a5", "ink": "#27374d", "rose": "#d49a9a", "mustard": "#c99a2e",
}  # fmt: skip
LABELS = ("new", "sale", "bestseller", "handmade", "last-chance", "recycled", "made-to-order", "red")
TAG_NAMES = _several(
    "Gift ideas, Small spaces, Outdoor, Handmade, Recycled, Dishwasher safe, Assembly needed, Flat pack, Vegan, "
    "Organic cotton, FSC wood, Winter, Summer, Wedding list, Student room, Office, Nursery, Bathroom, Limited, "
    "Designer, Refurbished, Spare part, Heavy goods, Fragile, Clearance, Press favourite, Workshop, Café supply, "
    "Kids & family, 100% linen, Made in Portugal, Made in Sweden"
)
SENTENCES = (
    "Made in small runs by a family workshop that has done little else for three generations.",
    "The surface is finished with a hard wax oil that can be renewed at home.",
    "It comes flat packed, with every screw and a printed guide.",
    "Each piece differs a little in grain and shade; that is how it should be.",
    "Wipe it with a damp cloth and keep it out of strong sun.",
    "Tested for heavy daily use in two restaurants before it went into the catalogue.",
    "Spare parts stay available for at least ten years.",
    "The packing is paper and starch, without any plastic.",
    "Sold on its own or as part of a set at a better price.",
    "Fits the other pieces of the series; holes and heights are the same.",
    "The design goes back to a drawing of 1958 that was found in the archive.",
    "Delivery of heavy pieces is by two people, up to the room of your choice.",
)
REVIEWS = {
    1: ("Arrived broken, and nobody answers.", "Wobbles from the first day.", "Farbe völlig anders als im Bild."),
    2: ("Smaller than it looks in the pictures.", "Smells of oil for weeks.", "Trop cher pour ce que c’est."),
    3: ("Does what it should, no more.", "Good, but the guide is a riddle.", "Ni bien ni mal."),
    4: ("Sturdy and plain, just as I wanted. One scratch on the underside.", "Snygg, men tung.",
        "Would buy again; the courier was late."),
    5: ("Beautiful. The grain is even better than in the photographs.", "Perfekt verarbeitet, gerne wieder!",
        "とても気に入りました。", "My whole family wants one now.", "Solidne i piękne."),
}  # fmt: skip

STAFF = _several(
    "Lena Ortiz, Ana Ruiz, Jon Petersen, Priya Nair, Tomás Herrera, Ewa Zielińska, Malik Osei, Hanna Virtanen, "
    "Diego Paredes, Sophie Lambert, Yusuf Demir, Klara Nowotny, Ben Ashdown, Chiara Vitale, Noor van Leeuwen, "
    "Pavel Sýkora, Aiko Mori, Rhys Morgan, Leïla Benali, Oskar Lindahl, Inés Duarte, Femi Adeyemi, Greta Brandt, "
    "Milan Kovač, Sunita Rao, Callum Reid, Zofia Lis, Andreas Holt, Beatriz Pinto, Hugo Marchand, Nadia Haddad, "
    "Viktor Blom, Eleni Kosta, Samuel Okoro, Judith Weiss, Marco Fontana, Ida Krogh, Theo Vance"
)
JOBS = ("Orders", "Orders", "Warehouse", "Customer care", "Customer care", "Buying", "Accounts", "Catalogue")

# The keys are what an address has to cope with.
STAFF_NOTES = {
    "opening-hours": (
        "Opening hours",
        "Monday to Friday nine to six, Saturday ten to four. Closed on public holidays.",
    ),
    "returns/how-to": (
        "Returns, step by step",
        "Check the seal, weigh the parcel, book the refund the same day.",
    ),
    "add": ("Adding a new courier", "Ask Accounts for the contract number first, then enter the rates."),
    "50% off?": ("Half-price weeks", "Never combine with trade terms. The sign goes up on the Monday."),
    "naïve café": (
        "Café customers",
        "They order in sets of six; ask whether the dishwasher is a commercial one.",
    ),
    "A & B = C": ("Labels that mix up", "Shelf A and shelf B have the same code on the old scanner."),
    "#urgent": ("Urgent orders", "Print on yellow paper and walk it to the warehouse."),
    "日本": ("Parcels to Japan", "The label needs the address in both scripts. Declare wood treatment."),
    "with space": ("Space on the second floor", "Row 14 is free until March; pallets no higher than 1.6 m."),
    "..": ("Two dots", "The old system used this key for notes without a name."),
}


def picture(colour: str) -> bytes:
    """A PNG of 24 by 24 pixels in one colour, ``#rrggbb``."""
    row = b"\0" + bytes.fromhex(colour.removeprefix("#")) * 24

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 24, 24, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * 24)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts
