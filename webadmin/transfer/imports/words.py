"""What headings mean: the words of a spreadsheet's language, and the names of a program, as the same English words."""

from __future__ import annotations

import functools
import re
import unicodedata

_MEANINGS = {
    "active": "aktiv actif attivo activo actief aktiviert enabled",
    "amount": "betrag montant importe importo bedrag",
    "born": "geburtsdatum geburtstag geboren birthday birthdate birth dob naissance nacimiento nascita geboortedatum",
    "category": "kategorie catégorie categoría categoria categorie warengruppe",
    "channel": "kanal canal canale",
    "city": "stadt ort wohnort ville ciudad città plaats town",
    "code": "kürzel código codice",
    "colour": "color farbe couleur colore kleur",
    "comment": "kommentar commentaire comentario commento",
    "country": "land staat pays país paese nation",
    "currency": "währung devise moneda valuta",
    "customer": "kunde kunden client cliente klant buyer",
    "date": "datum fecha data",
    "delivery": "lieferung livraison entrega consegna shipping",
    "description": "beschreibung descripción descrizione beschrijving",
    "discount": "rabatt remise descuento sconto korting",
    "due": "fällig fälligkeit échéance vencimiento scadenza",
    "email": "mail emailadresse mailadresse emailaddress courriel correo",
    "job": "beruf stelle position funktion poste puesto",
    "joined": "eintritt eintrittsdatum beitritt hired",
    "limit": "rahmen grenze límite limite plafond",
    "credit": "kredit crédit crédito credito",
    "name": "bezeichnung nom nombre nome naam fullname",
    "newsletter": "rundbrief infolettre",
    "note": "notes notiz notizen bemerkung bemerkungen anmerkung hinweis remarque nota",
    "number": "no nr num nummer numéro número numero",
    "order": "bestellung bestell auftrag auftrags commande pedido ordine",
    "phone": "telefon telephone tel téléphone teléfono telefono telefonnummer handy mobil mobile phonenumber",
    "place": "platz rang reihenfolge position",
    "price": "preis prix precio prezzo prijs",
    "product": "produkt artikel article producto prodotto item",
    "quantity": "menge anzahl stückzahl quantité cantidad quantità qty",
    "rating": "bewertung note_of stars sterne",
    "recipient": "empfänger destinataire destinatario",
    "sku": "artikelnummer artikelnr",
    "slug": "kurzname",
    "status": "zustand état estado stato state",
    "stock": "bestand lagerbestand lager inventory existencias",
    "street": "straße strasse rue calle via",
    "tags": "tag schlagworte schlagwörter stichworte stichwörter étiquettes etiquetas labels",
    "text": "texte texto testo inhalt",
    "title": "titel titre título titolo",
    "total": "summe gesamt gesamtbetrag endbetrag somme suma totale sum",
    "weight": "gewicht poids peso",
    "zip": "plz postleitzahl postcode postal",
}
_NEAR = {"amount": "total"}
"""A word that often stands for another: of an order its amount is the total."""
_NOISE = frozenset({"id", "the", "of", "de", "der", "des", "du", "la", "le", "at", "on", "in", "is", "date"})
"""Words that two names may differ in and still mean the same."""
_LINKS = ("", "s", "n", "en", "es")
"""What stands between the parts of a German word made of two."""
_PARTS = re.compile(r"[^\W_]+", re.UNICODE)
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def plain(text: str) -> str:
    """A word or name without case, accents, blanks and punctuation: ``E-Mail`` is ``email``."""
    apart = unicodedata.normalize("NFKD", text.replace("ß", "ss").casefold())
    return "".join(character for character in apart if character.isalnum())


_MEANING = {
    plain(word): meaning for meaning, words in _MEANINGS.items() for word in [meaning, *words.split()]
}


@functools.lru_cache(maxsize=4096)
def meaning(text: str) -> frozenset[str]:
    """The words of a heading or a name in English, without those that say little; those that are not known as they are."""
    whole = _MEANING.get(plain(text))
    if whole is not None:
        return frozenset({whole})
    found: list[str] = []
    for part in _PARTS.findall(_HUMPS.sub(" ", text)):
        found += _parts(plain(part))
    return frozenset(found) - _NOISE or frozenset(found)


def likeness(words: frozenset[str], others: frozenset[str]) -> float:
    """How much two meanings have in common, 0 to 1; half where one word stands for another."""
    if not words:
        return 0.0
    near = {_NEAR.get(word, word) for word in words} == {_NEAR.get(word, word) for word in others}
    return max(len(words & others) / len(words | others), 0.5 * near)


def _parts(word: str) -> list[str]:
    """A word, or the two that it is made of: ``kundenname`` is ``customer`` and ``name``."""
    if word in _MEANING:
        return [_MEANING[word]]
    for cut in range(3, len(word) - 1):
        first, last = word[:cut], word[cut:]
        if last in _MEANING:
            for link in _LINKS:
                if first.endswith(link) and first.removesuffix(link) in _MEANING:
                    return [_MEANING[first.removesuffix(link)], _MEANING[last]]
    return [word] if word else []
