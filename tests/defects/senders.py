"""What twenty senders send: partners, offers and stores, as they would stand in a clean file."""

import unicodedata
import zlib

PARTNERS = (
    "partner_id name legal_name tier category owner permitted_domains landing_base deep_link "
    "subid_param brand_color logo embargo_until status"
).split()
OFFERS = (
    "offer_id partner_id mechanic value value@landing currency min_spend title body cta image code "
    "exclusions terms_id landing_path effective_from effective_to display_to status source_ref badge"
).split()
STORES = (
    "store_id partner_id name city postcode phone opened seats open share accent permit note"
).split()

# How a sender writes times and amounts, and yes and no.
ISO = {
    "start": "2026-10-01T00:00", "end": "2026-12-31T23:59", "opened": "2019-03-14T09:30",
    "point": ".", "open": ("yes", "no"),
}
GERMAN = {
    "start": "01.10.2026 00:00", "end": "31.12.2026 23:59", "opened": "14.03.2019 09:30",
    "point": ",", "open": ("ja", "nein"),
}
AMERICAN = {**ISO, "start": "10/1/2026 12:00 AM", "end": "12/31/2026 11:59 PM"}
BRITISH = {**ISO, "start": "01/10/2026 00:00", "end": "31/12/2026 23:59"}


def slug(name):
    umlauts = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe"}
    letters = unicodedata.normalize("NFKD", name.lower().translate(str.maketrans(umlauts)))
    letters = letters.encode("ascii", "ignore").decode()
    return "-".join("".join(one if one.isalnum() else " " for one in letters).split())


def partners(category, legal, style, names):
    rows = []
    for number, name in enumerate(names):
        host = f"{slug(name).replace('-', '')}.example"
        rows.append([
            slug(name), name, f"{name} {legal}", ("silver", "gold")[number % 2], category,
            ("ana.ruiz", "ben.cole", "d.ortiz")[number % 3], host, f"https://www.{host}",
            "plain" if number % 3 == 0 else "", "clickref" if number % 4 == 0 else "",
            f"#{zlib.crc32(name.encode()) & 0xffffff:06X}", "images/logo.svg",
            style["start"] if number % 5 == 4 else "", "active",
        ])
    return [PARTNERS, *rows]


# Every row has an amount off, a percentage or a gift, in turn.
MECHANICS = [("pct_off", "20"), ("amount_off", "12.50"), ("gift", "")]


def offers(of, short, currency, style, titles):
    rows = []
    for number, title in enumerate(titles):
        mechanic, value = MECHANICS[number % 3]
        rows.append([
            f"{short}-{slug(title)}", of[number % 2], mechanic,
            value.replace(".", style["point"]), "", currency,
            "60.00".replace(".", style["point"]) if number % 3 == 2 else "", title,
            f"{title}, while the season lasts." if number % 2 else "", "Shop now", "images/logo.svg",
            f"{short.upper()}{number:02}", "Gift cards are not included." if number % 4 == 0 else "",
            "standard", f"/{slug(title)}", style["start"], style["end"], "", "active",
            f"{short.upper()}-2026-{number + 1}", "Members first" if number % 5 == 0 else "",
        ])
    return [OFFERS, *rows]


def stores(of, short, style, cities):
    rows = []
    for number, (city, postcode) in enumerate(cities):
        rows.append([
            f"{short}-{slug(city)}", of[number % 2], f"{of[number % 2].title()} {city}", city,
            postcode, f"+49 30 5550{number:03}", style["opened"], str(12 + number * 7),
            style["open"][number % 2], "12.5".replace(".", style["point"]),
            f"#{zlib.crc32(city.encode()) & 0xffffff:06X}", f"{short[:2].upper()}-{2600 + number}",
            "Ring twice.\nUse the side door." if number % 6 == 5 else "",
        ])
    return [STORES, *rows]


FILES = {
    "partners-beauty": partners("beauty", "Inc.", ISO, [
        "Lumen", "Ardent Apothecary", "Rosewater & Rye", "Petal Theory", "Saltmere Skin",
        "Glow Atelier", "Maison Céleste", "Fern & Fog", "Café Lumi", "Velvet Hour", "Wild Rose",
        "Northlight Labs",
    ]),
    "partners-home": partners("home", "LLC", ISO, [
        "Hearthline", "Marlowe", "Cedar & Slate", "Loom House", "Copper Kettle", "Brightwick",
        "Tallow & Twine", "Stillwater Linen", "Oakline", "Plain Goods", "Kiln Street", "Harbor Desk",
    ]),
    "partners-dach": partners("home", "GmbH", GERMAN, [
        "Kraut & Rüben", "Alpenglück", "Möbelhaus Süd", "Müller Optik", "Bäckerei Sommer",
        "Straßenkind", "Uhrwerk", "Haus und Hof", "Käseglocke", "Töpferei Blau", "Zoll & Maß",
        "Schönwetter",
    ]),
    "partners-outdoor": partners("outdoor", "Co.", ISO, [
        "Northfell", "Petalry", "Summit & Sons", "Trailhead", "Čerňák Boty", "Fjellro", "Summit Bay",
        "Górska Mila", "Ridge Runner", "Kanoë", "Wetterfest", "Basecamp Nine",
    ]),
    "partners-food": partners("food", "& Sons", ISO, [
        "Maple & Main", "Goodpantry", "Olive Branch", "Sugar Works", "Fresh", "Bean Counter",
        "Harvest Lane", "Tin Roof Tea", "Peppercorn", "Salt Box", "Rye Street", "Grün Kost",
    ]),
    "partners-travel": partners("travel", "S.A.", ISO, [
        "Saltmere Ferries", "Aerolind", "Halden Hotels", "Casa Marea", "Tannhof", "Sundvik",
        "Meridian Rail", "Polar Line", "Isla Verde", "Alpenblick", "Côte Voyages", "Weekend Away",
    ]),
    "offers-lumen": offers(["lumen", "ardent-apothecary"], "lum", "USD", ISO, [
        "Barrier serum", "Travel glow oil", "Night balm", "Vitamin set", "Winter cream", "Lip trio",
        "Hand salve", "Clay mask", "Body oil", "Bath soak", "Sun stick", "Cleansing balm",
    ]),
    "offers-ardent": offers(["ardent-apothecary", "lumen"], "ard", "USD", ISO, [
        "Eucalyptus soak", "Rose oil", "Pumice bar", "Softening mist", "Foot cream", "Sea salt scrub",
        "Hair rinse", "Candle pair", "Soap tower", "Shaving set", "Beard oil", "Linen spray",
    ]),
    "offers-kraut": offers(["kraut-rueben", "alpenglueck"], "kra", "EUR", GERMAN, [
        "Gemüsekiste", "Gartenmöbel", "Große Auswahl", "Kräutertopf", "Hochbeet", "Gießkanne",
        "Blumenzwiebeln", "Spaten", "Vogelhaus", "Rankgitter", "Saatgut für Frühling", "Regentonne",
    ]),
    "offers-hearth": offers(["hearthline", "marlowe"], "hea", "USD", AMERICAN, [
        "Dutch oven", "Skillet pair", "Griddle", "Bread tin", "Roasting pan", "Tea kettle",
        "Apron set", "Knife roll", "Cutting board", "Mixing bowls", "Pie dish", "Fire tongs",
    ]),
    "offers-northfell": offers(["northfell", "petalry"], "nor", "USD", ISO, [
        "Winter boots", "Down vest", "Wool socks", "Trail pack", "Camp stove", "Rain shell",
        "Fleece hat", "Headlamp", "Sleeping bag", "Trekking poles", "Dry bag", "Enamel mug",
    ]),
    "offers-saltmere": offers(["saltmere-ferries", "aerolind"], "sal", "USD", ISO, [
        "Evening ritual", "Sea crossing", "Cabin upgrade", "Island hopper", "Sea and salt", "Car deck",
        "Lounge pass", "City stay", "Coast week", "Alpine week", "Rail link", "Early bird",
    ]),
    "offers-marlowe": offers(["marlowe", "hearthline"], "mar", "GBP", ISO, [
        "Velvet cushion", "Floor lamp", "Wool throw", "Side table", "Wall clock", "Linen sheets",
        "Bath towels", "Desk tray", "Reading chair", "Wicker basket", "Door mat", "Vase trio",
    ]),
    "offers-petalry": offers(["petalry", "northfell"], "pet", "USD", ISO, [
        "Discovery box", "Tulip bulbs", "Dried bouquet", "Peony set", "Garden gloves", "Seed tin",
        "Potting mix", "Orchid", "Fern trio", "Wreath kit", "Rose bush", "Herb pots",
    ]),
    "offers-alpen": offers(["alpenglueck", "kraut-rueben"], "alp", "EUR", GERMAN, [
        "Berghonig", "Almwiese", "Steinpilze", "Lodenmantel", "Filzschuhe", "Kuhglocke",
        "Rucksack", "Wanderstock", "Brotzeit", "Enzian", "Zirbenkissen", "Bergkristall",
    ]),
    "offers-maple": offers(["maple-main", "goodpantry"], "map", "GBP", BRITISH, [
        "Maple syrup", "Tea tin", "Marmalade", "Shortbread", "Chutney trio", "Oat biscuits",
        "Cider case", "Cheese board", "Honey pot", "Mince pies", "Fudge box", "Hamper",
    ]),
    "stores-east": stores(["hearthline", "marlowe"], "east", ISO, [
        ("Boston", "02108"), ("Albany", "12207"), ("Newark", "07102"), ("Camden", "08102"),
        ("Salem", "01970"), ("Ithaca", "14850"), ("Dover", "19901"), ("Reading", "19601"),
        ("Lowell", "01852"), ("Utica", "13502"), ("Concord", "03301"), ("Bangor", "04401"),
    ]),
    "stores-west": stores(["northfell", "petalry"], "west", ISO, [
        ("Portland", "97205"), ("Eugene", "97401"), ("Boise", "83702"), ("Tacoma", "98402"),
        ("Spokane", "99201"), ("Fresno", "93721"), ("Oakland", "94607"), ("Reno", "89501"),
        ("San José", "95113"), ("Bend", "97701"), ("Yakima", "98901"), ("Provo", "84601"),
    ]),
    "stores-dach": stores(["kraut-rueben", "alpenglueck"], "dach", GERMAN, [
        ("Köln", "50667"), ("Dresden", "01067"), ("Görlitz", "02826"), ("Fürth", "90762"),
        ("Gießen", "35390"), ("Trier", "54290"), ("Leipzig", "04109"), ("Zürich Mitte", "08001"),
        ("München", "80331"), ("Würzburg", "97070"), ("Halle", "06108"), ("Bonn", "53111"),
    ]),
    "stores-north": stores(["northfell", "aerolind"], "north", ISO, [
        ("Oslo", "00150"), ("Bergen", "05003"), ("Tromsø", "09008"), ("Luleå", "97231"),
        ("Umeå", "90325"), ("Malmö", "21119"), ("Turku", "20100"), ("Oulu", "90100"),
        ("Ålesund", "06002"), ("Århus", "08000"), ("Växjö", "35230"), ("Vaasa", "65100"),
    ]),
}

# Delimiter, encoding, line end, and whether every cell is quoted.
PLAIN = (",", "utf-8", "\n", False)
WRITTEN = {
    "partners-home": (",", "utf-8", "\r\n", False),
    "partners-dach": (";", "utf-8", "\r\n", False),
    "partners-outdoor": ("\t", "utf-16-le", "\r\n", False),
    "partners-food": ("|", "utf-8", "\n", False),
    "partners-travel": (",", "utf-8-sig", "\n", True),
    "offers-ardent": (",", "utf-8", "\r\n", True),
    "offers-kraut": (";", "utf-8-sig", "\r\n", False),
    "offers-northfell": ("\t", "utf-16-le", "\r\n", False),
    "offers-saltmere": (",", "utf-16-be", "\n", False),
    "offers-marlowe": ("|", "utf-8", "\n", False),
    "offers-petalry": (",", "cp1252", "\r\n", False),
    "offers-alpen": (";", "mac_roman", "\r", False),
    "stores-west": (",", "utf-8", "\r\n", True),
    "stores-dach": (";", "utf-8", "\r\n", False),
    "stores-north": ("\t", "utf-8", "\n", False),
}
