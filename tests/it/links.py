"""Holds an output folder's links against Python's own URL and HTML parsers."""

import csv
import email
import email.policy
import html.parser
import json
import pathlib
import re
import sys
import urllib.parse

output = pathlib.Path(sys.argv[1])
manifest = json.loads((output / "manifest.json").read_text())
path_of = {entry["id"]: output / entry["path"] for entry in manifest["artifacts"]}
rows = list(csv.DictReader(path_of["links/links.csv"].open(newline="")))
faults = []

for row in rows:
    columns = {key: value for key, value in row.items() if key.startswith("utm_") and value}
    query = urllib.parse.urlsplit(row["url"]).query
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    base = urllib.parse.urlsplit(row["destination"]).query
    ours = pairs[len(urllib.parse.parse_qsl(base, keep_blank_values=True)):]
    if row["sub_id"]:
        if not ours or ours[-1][1] != row["sub_id"]:
            faults.append(f"{row['link_id']}: the sub-id is not the last parameter")
        ours = ours[:-1]
    if dict(ours) != columns or len(ours) != len(columns):
        faults.append(f"{row['link_id']}: {ours} is not {columns}")

known = {row["url"] for row in rows} | {row["short_url"] for row in rows}
seen = set()


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


class Links(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("href", "src") and value:
                addresses.append(value)


for entry in manifest["artifacts"]:
    if entry["channel"] is None:
        continue
    if entry["media_type"].startswith("image/"):
        continue
    text = path_of[entry["id"]].read_text()
    addresses = []
    if entry["media_type"] == "text/html":
        Links().feed(text)
    elif entry["media_type"] == "message/rfc822":
        message = email.message_from_string(text, policy=email.policy.default)
        Links().feed(message.get_body(("html",)).get_content())
        plain = message.get_body(("plain",)).get_content()
        addresses += re.findall(r"https?://[^\s\"<>,()]+", plain)
    elif entry["media_type"] == "application/json":
        addresses = re.findall(r"https?://[^\s\"<>,]+", "\n".join(strings(json.loads(text))))
    else:
        addresses = re.findall(r"https?://[^\s\"<>,()]+", text)
    for address in addresses:
        address = address.rstrip(".") if entry["media_type"] == "text/plain" else address
        if "utm_" in address and address not in known:
            faults.append(f"{entry['id']}: {address} is not in links.csv")
        if address in known:
            seen.add(address)

for row in rows:
    if row["url"] not in seen and row["short_url"] not in seen:
        faults.append(f"{row['link_id']} is used nowhere")

print("\n".join(faults) or f"{len(rows)} links, {len(seen)} addresses seen")
sys.exit(bool(faults))
