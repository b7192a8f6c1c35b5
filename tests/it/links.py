"""Holds an output folder's links against Python's own URL and HTML parsers."""

import csv
import json
import pathlib
import sys
import urllib.parse

from addresses import addresses

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

for entry in manifest["artifacts"]:
    if entry["channel"] is None:
        continue
    for address in addresses(entry["media_type"], path_of[entry["id"]]):
        if "utm_" in address and address not in known:
            faults.append(f"{entry['id']}: {address} is not in links.csv")
        if address in known:
            seen.add(address)

for row in rows:
    if row["url"] not in seen and row["short_url"] not in seen:
        faults.append(f"{row['link_id']} is used nowhere")

print("\n".join(faults) or f"{len(rows)} links, {len(seen)} addresses seen")
sys.exit(bool(faults))
