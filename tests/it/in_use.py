"""Finds every link in artifacts and redirects, and holds them against dim_link both ways."""

import collections
import csv
import json
import pathlib
import re
import sys

from addresses import addresses

output = pathlib.Path(sys.argv[1])
manifest = json.loads((output / "manifest.json").read_text())
path_of = {entry["id"]: output / entry["path"] for entry in manifest["artifacts"]}
with path_of["reporting/dim_link.csv"].open(newline="") as table:
    # What a link meant before says nothing of where it leads now.
    current = [row for row in csv.DictReader(table) if row["status"] != "superseded"]
rows = [row for row in current if row["status"] == "live"]
described = collections.defaultdict(set)
for row in rows:
    described[row["final_url"]].add(row["link_id"])
    described[row["short_url"]].add(row["link_id"])
link_hosts = {row["short_url"].split("/")[2] for row in rows}


faults, seen = [], set()
for entry in manifest["artifacts"]:
    if entry["channel"] is None:
        continue
    for address in addresses(entry["media_type"], path_of[entry["id"]]):
        if address in described:
            seen |= described[address]
        elif "utm_" in address or address.split("/")[2:3] in [[host] for host in link_hosts]:
            faults.append(f"{entry['id']}: {address} has no live row")
faults += [f"{row['link_id']} is live and in no artifact" for row in rows if row["link_id"] not in seen]

codes = collections.Counter(row["short_code"] for row in current)
answered = {}
for line in path_of["redirects/nginx.map"].read_text().splitlines():
    found = re.match(r'"?/([a-z0-9]+)"? "?(https://.*?)"?;$', line)
    if found:
        answered[found[1]] = found[2]
for code in answered:
    if codes[code] != 1:
        faults.append(f"the redirect {code} has {codes[code]} current rows")
# A code that is out in the world is answered as long as its last URL is known.
for row in current:
    if row["status"] == "retired" and not row["final_url"]:
        continue
    if answered.get(row["short_code"]) != row["final_url"]:
        faults.append(f"{row['link_id']}: the redirect goes elsewhere")

print("\n".join(faults) or f"{len(rows)} live links")
sys.exit(bool(faults))
