"""Builds mails, texts and pages of all partners with Jinja2, and a table of their links.

    build.py PROJECT OUTPUT PROCESSES [finished]

What a careful person writes in an afternoon: one pass over the tables, templates compiled once,
each process its share of the partners. It checks nothing and remembers nothing. `finished` adds what
finish.py does.
"""

import csv
import functools
import multiprocessing
import pathlib
import sys
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import jinja2

ZONE = ZoneInfo("America/New_York")
CHANNELS = [
    # channel, asset, source, medium, whether it leads to our page
    ("email", "mail", "newsletter", "email", True),
    ("landing", "page", "northwind", "referral", False),
    ("sms", "text", "text-club", "sms", True),
    ("push", "notice", "northwind-app", "push", True),
    ("affiliate", "feed", "publisher-feed", "affiliate", False),
]
COLUMNS = [
    "link_id", "channel", "asset", "slot", "partner", "offer", "destination", "url",
    "utm_id", "utm_source", "utm_medium", "utm_campaign", "utm_content",
]


def table(project, name):
    with open(project / "partners" / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def money(amount):
    return "$" + amount.removesuffix(".00")


@functools.lru_cache(maxsize=None)
def date(text, pattern):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).strftime(pattern)


def environment(project):
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(project / "templates"),
        autoescape=jinja2.select_autoescape(["html"]),
        keep_trailing_newline=True,
    )
    made.filters["money"] = money
    made.filters["day"] = lambda text: date(text, "%B %-d, %Y")
    made.filters["long_date"] = lambda text: date(text, "%B %-d, %Y, %-I:%M %p %Z")
    made.filters["short_date"] = lambda text: date(text, "%B %-d, %-I:%M %p %Z")
    return made


def links_of(partner, offer):
    """The five links of an offer, as rows of the table of links."""
    rows = []
    for channel, asset, source, medium, ours in CHANNELS:
        slot = partner["partner_id"] if asset == "mail" else offer["offer_id"]
        if ours:
            base = f"https://rewards.northwind.example/bench/{offer['offer_id']}"
        else:
            base = partner["landing_base"] + offer["landing_path"]
        values = ["bench", source, medium, "2026-winter-partners"]
        values.append(f"{asset}.{slot}.{offer['offer_id']}.a")
        pairs = [f"{name}={quote(value)}" for name, value in zip(COLUMNS[8:], values)]
        if not ours and partner["subid_param"]:
            pairs.append(f"{partner['subid_param']}={offer['offer_id']}")
        url = base + ("&" if "?" in base else "?") + "&".join(pairs)
        rows.append([
            f"bench.{asset}.{slot}.a.cta", channel, asset, slot, partner["partner_id"],
            offer["offer_id"], base, url, *values,
        ])
    return rows


def render(share):
    """Renders and writes a share of the offers. Returns the rows of their links, and what the
    manifest says of their files."""
    project, output, perks, offers, finished = share
    if finished:
        from finish import finish
    templates = environment(project)
    mail, text, page = map(templates.get_template, ("mail.html", "mail.txt", "page.html"))
    rows, entries = [], []
    for partner, offer in offers:
        links = links_of(partner, offer)
        rows += links
        urls = {link[2]: link[7] for link in links}
        values = {"partner": partner, "offer": offer, "perks": perks, "links": urls}
        files = [
            ("email", partner["partner_id"], ".html", mail.render(values)),
            ("email", partner["partner_id"], ".txt", text.render(values)),
            ("landing", offer["offer_id"], ".html", page.render(values)),
        ]
        if finished:
            files, more = finish(files)
            entries += more
        for folder, name, suffix, content in files:
            content = content if finished else content.encode()
            with open(f"{output}/{folder}/{name}{suffix}", "wb") as file:
                file.write(content)
    return rows, entries


def main():
    project, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    processes, finished = int(sys.argv[3]), sys.argv[4:] == ["finished"]
    partners = {row["partner_id"]: row for row in table(project, "partners.csv")}
    offers = [(partners[row["partner_id"]], row) for row in table(project, "offers.csv")]
    perks = table(project, "perks.csv")
    for name in ("email", "landing", "links"):
        (output / name).mkdir(parents=True, exist_ok=True)
    size = -(-len(offers) // processes)
    shares = [
        (project, output, perks, offers[start : start + size], finished)
        for start in range(0, len(offers), size)
    ]
    if processes == 1:
        done = [render(share) for share in shares]
    else:
        with multiprocessing.Pool(processes) as pool:
            done = pool.map(render, shares)
    with open(output / "links" / "links.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for rows, _ in done:
            writer.writerows(rows)
    if finished:
        from finish import write_manifest

        write_manifest(output, [entry for _, entries in done for entry in entries])


main()
