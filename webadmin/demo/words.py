"""Words that the shop's customers and orders are made of. All names are invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """Where customers live, how often, what they pay with, and how people there are called (``_`` is a space)."""

    code: str
    weight: int
    currency: str
    phone: str
    first_names: str
    last_names: str


COUNTRIES = (
    Country("DE", 19, "EUR", "+49", "Anna Jürgen Lena Thomas Greta Björn Heike Marcus Ingrid Rosmarie Paul Käthe",
            "Müller Schäfer Weiß Keller Hoffmann Größ Vogel Lindner Bauer Österreicher Krüger Sommer"),
    Country("FR", 11, "EUR", "+33", "Marie Jean-Marc Chloé Hélène Luc François Amélie Noël Zoé Marianne Théo Inès",
            "Dubois Lefebvre Moreau Lefèvre Bonnet Garçon Girard Béranger Fontaine Rousseau Chevalier Noir"),
    Country("ES", 10, "EUR", "+34", "María José Iván Lucía Begoña Ángel Mariana Íñigo Pilar Andrés Nuria Joaquín",
            "Fernández Núñez García Ibáñez Soto Vázquez Ruiz Peña Castaño Muñoz Ortiz Cortés"),
    Country("GB", 9, "GBP", "+44", "Margaret Oliver Amara Harry Priya Tamar Lamar Fiona Ewan Grace Omar Bronwen",
            "Whitfield Singh Okafor O'Neill Marlowe Thornbury MacLeod Ashworth Hughes Levi Penrose Bright"),
    Country("PL", 8, "PLN", "+48", "Marta Łukasz Zofia Małgorzata Jakub Paweł Agnieszka Michał Ola Żaneta Marek Jan",
            "Kowalczyk Wiśniewska Dąbrowski Zieliński Wójcik Kamińska Łęcki Mazur Śliwa Nowak Grzyb Lis"),
    Country("US", 7, "USD", "+1", "Emma Jamal Carlos Ashley Tyler Mei Dakota Marcus Olivia Jesús Harper Lee",
            "Johnson Ramirez Whitaker Chen Delacroix Freeman Kowalski Nguyen Brooks Marlow O'Hara Stone"),
    Country("IT", 7, "EUR", "+39", "Giulia Marco Niccolò Chiara Aurora Dario Lucrezia Matteo Elìa Rosa Martina Ugo",
            "Rossi Bianchi D'Angelo Ferri Marchetti De_Luca Gallo Conti Moretti Serra Nicolò Costa"),
    Country("NL", 5, "EUR", "+31", "Daan Sanne Margriet Pieter Femke Joost Noor Ruben Lotte Zoë Maarten Tess",
            "Jansen Van_Dijk De_Vries Bakker Visser Smit Mulder Bos Meijer Dekker Hermans Vos"),
    Country("SE", 5, "SEK", "+46", "Ingmar Mårten Åsa Linnéa Björn Maja Örjan Freja Elsa Göran Märta Nils",
            "Bergström Ekström Lindqvist Sjöberg Holm Åkesson Öberg Nyström Dahl Söder Lund Granath"),
    Country("CZ", 4, "CZK", "+420", "Marek Tereza Ondřej Šárka Jiří Žofie Matěj Anežka Lukáš Eliška Václav Jana",
            "Dvořák Svobodová Novák Čermák Němcová Kučera Procházka Říha Horák Šimek Malý Veselá"),
    Country("DK", 3, "DKK", "+45", "Dagmar Søren Mette Jørgen Astrid Bjørn Signe Kåre Freja Rasmus Inger Åge",
            "Holm Sørensen Nørgaard Kjær Østergaard Møller Lund Bæk Hansen Skov Krogh Toft"),
    Country("PT", 3, "EUR", "+351", "Fernanda João Inês Gonçalo Mariana Conceição Tiago Luísa Martim Graça Rui Ana",
            "Lopes Costa Gonçalves Simões Magalhães Pires Conceição Antunes Reis Brandão Leão Faria"),
    Country("IN", 3, "INR", "+91", "Kumar Ananya Amar Lakshmi Rohan Kavya Samar Divya Arjun Meera Tamara Vikram",
            "Subramaniam Bhatia Iyer Chatterjee Menon Deshmukh Kapoor Reddy Sharma Nair Marathe Ghosh"),
    Country("GR", 2, "EUR", "+30", "Μαρία Γιώργος Ελένη Νίκος Σοφία Κώστας Άννα Δημήτρης Ιωάννα Πέτρος Ζωή Θάνος",
            "Παπαδάκης Νικολάου Ιωάννου Γεωργίου Μακρής Αθανασίου Οικονόμου Βλάχος Ρήγας Δήμου Καρράς Λάμπρου"),
    Country("JP", 2, "JPY", "+81", "愛 大翔 さくら 健太 美咲 陽菜 蓮 結衣 翔 葵 直樹 桃子",
            "山本 佐藤 田中 高橋 渡辺 中村 小林 加藤 吉田 山田 松本 井上"),
    Country("EG", 2, "EGP", "+20", "مريم عمر ليلى أحمد سارة يوسف نور خالد هدى كريم سمر طارق",
            "حداد منصور سليمان فاروق ناصر عثمان شريف زكي صالح رمضان عزيز فهمي"),
)  # fmt: skip

COUNTRY_NAMES = {
    "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "EG": "Egypt", "ES": "Spain", "FR": "France",
    "GB": "Great Britain", "GR": "Greece", "IN": "India", "IT": "Italy", "JP": "Japan", "NL": "Netherlands",
    "PL": "Poland", "PT": "Portugal", "SE": "Sweden", "US": "United States",
}  # fmt: skip

CUSTOMER_TAGS = ("vip", "b2b", "invoice-by-post", "wholesale", "press", "test-account", "slow-payer")
ORDER_TAGS = ("gift", "express", "fragile", "invoice-by-post", "b2b", "pre-order", "red")
THEMES = ("paper", "night", "system")
SOURCES = ("search", "newsletter", "direct", "referral", "fair", "catalogue")
CAMPAIGNS = ("spring-26", "summer-sale", "autumn-26", "back-to-school", "winter-trade")
PACKING = ("no-plastic", "fragile", "pallet", "two-boxes", "gift-wrap")

# How many of a hundred: an order that is new, one of this week, an older one.
FRESH = "pending " * 30 + "paid " * 42 + "packed " * 13 + "failed " * 10 + "cancelled " * 5
RECENT = "pending " * 4 + "paid " * 24 + "packed " * 14 + "sent " * 44 + "failed " * 7 + "cancelled " * 7
SETTLED = "delivered " * 87 + "sent " * 4 + "cancelled " * 7 + "failed " * 2
CHANNELS = "web " * 62 + "app " * 22 + "phone " * 10 + "sales_rep " * 6
LINES = "0 " * 2 + "1 " * 26 + "2 " * 24 + "3 " * 19 + "4 " * 12 + "5 " * 8 + "6 " * 5 + "8 " * 3 + "18"
# An order without lines was agreed by phone: its sum is known, and mostly still to be paid.
OPEN = "pending " * 9 + "cancelled"
AGREED = "0 640 760 890 1250 1800 2400 5200"
QUANTITIES = "1 " * 62 + "2 " * 20 + "3 " * 7 + "4 " * 6 + "6 " * 3 + "12 " * 2
WINDOW_HOURS = "2 " * 35 + "4 " * 35 + "12 " * 15 + "24 " * 10 + "72 " * 5

NOTES = (
    "Leave with the neighbour at number 14 if nobody answers; she has a key and is usually home until six.",
    "Invoice must show the VAT number ES-B8842190 and the cost centre “Marketing”.",
    "Second card also declined. Customer asked for a bank transfer link.",
    "Gift. Do not enclose the price list.",
    "Pallet delivery. Ramp is on Südstraße; call the gate 30 minutes before arrival.",
    "Marked fragile by packing.",
    "Split delivery agreed: the oak shelves go first, the rest with the December truck.",
    "Prefers contact by message, not by phone.",
    "Customs form CN23 attached. Declared value in NOK.",
    "Neighbour signs.",
    "Wholesale terms, 30 days net. Do not chase before 18 December.",
    "Please ring twice, the bell is faint.",
    "Bitte beim Hausmeister abgeben, Eingang im Hof.",
    "Livraison au 4e étage sans ascenseur, merci de prévenir une heure avant.",
    "Llamar antes de entregar; el portal está en obras.",
    "Proszę dzwonić na górę, domofon nie działa.",
    "Lämna paketet bakom den gröna dörren.",
    "Si prega di consegnare solo al mattino.",
    "Dog in the garden. Friendly, but loud.",
    "Replacement for a lamp that arrived with a cracked shade; no charge for postage.",
    "Customer asked to combine this with the previous order.",
    "Address corrected by phone: house number 7b, not 7.",
    "Birthday present, must arrive before Friday.",
    "Delivered to the wrong floor last time; mention it to the courier.",
    "Trade account, add the project name “Harbour School” to the label.",
    "Ship only when complete.",
    "Fraud check passed by hand.",
    "Discount agreed with the sales team, see the mail of Monday.",
    "Colour swap: brass instead of copper, agreed by mail.",
    "Needs an assembly appointment; two people, half a day.",
    "Customer is moving: the new address is valid from the first of the month.",
    "Include the care leaflet for oiled oak.",
)
RARE_NOTE = "Marzipan sample enclosed for the tasting; keep it cool and dry."
"""Stands on one order in 2,500: a word that a search finds rarely."""
