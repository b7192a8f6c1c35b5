"""What it takes in Python to come nearer to what throughline makes of a mail: styles on the elements,
a message file, a note for the sender, and the SHA-256 of each file in its name."""

import hashlib
import json
import os
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import css_inline

INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
SUBJECT = "Your partner offer is open until Monday"
PREHEADER = "One brand you follow, one offer, and five member perks that run all week."


def message(text, html):
    """The older of Python's two ways: it takes a third of the time, with bodies in base64."""
    made = MIMEMultipart("alternative", boundary="northwind-bench")
    made["Subject"] = SUBJECT
    made.attach(MIMEText(text, "plain", "utf-8"))
    made.attach(MIMEText(html, "html", "utf-8"))
    return made.as_bytes()


def finish(files):
    """Takes the mail, the text and the page of one partner; returns five files and their entries
    for the manifest."""
    (_, name, _, mail), (_, _, _, text), page = files
    mail = INLINER.inline(mail)
    note = {"subject": SUBJECT, "preheader": PREHEADER, "size": len(mail)}
    finished, entries = [], []
    for folder, stem, suffix, content in [
        ("email", name, ".html", mail.encode()),
        ("email", name, ".txt", text.encode()),
        ("email", name, ".eml", message(text, mail)),
        ("email", name, ".json", json.dumps(note, sort_keys=True).encode()),
        (*page[:3], page[3].encode()),
    ]:
        digest = hashlib.sha256(content).hexdigest()
        named = f"{stem}.{digest[:16]}"
        finished.append((folder, named, suffix, content))
        path = f"{folder}/{named}{suffix}"
        entries.append({"path": path, "sha256": digest, "size": len(content)})
    return finished, entries


def write_manifest(output, entries):
    """Lists all files but the table of links, sorted, in two forms, and removes what an earlier
    build left under other names."""
    entries.sort(key=lambda entry: entry["path"])
    (output / "manifest.json").write_text(json.dumps({"artifacts": entries}, separators=(",", ":")))
    lines = [f"{entry['sha256']}  {entry['path']}\n" for entry in entries]
    (output / "SHA256SUMS").write_text("".join(lines))
    named = {entry["path"] for entry in entries}
    for folder in ("email", "landing"):
        for file in os.scandir(output / folder):
            if f"{folder}/{file.name}" not in named:
                os.remove(file.path)
