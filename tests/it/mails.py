"""Reads message files with Python's email package: what is in each, as JSON."""

import email
import email.policy
import json
import sys

found = []
for file in json.load(sys.stdin):
    message = email.message_from_bytes(bytes.fromhex(file), policy=email.policy.default)
    if message.defects or any(part.defects for part in message.walk()):
        sys.exit(f"defects: {message.defects} in {message['subject']}")
    sender, to = message["from"].addresses[0], message["to"].addresses[0]
    found.append({
        "subject": message["subject"],
        "text": message.get_body(("plain",)).get_content().replace("\r\n", "\n"),
        "html": message.get_body(("html",)).get_content().replace("\r\n", "\n"),
        "from": [sender.display_name, sender.addr_spec],
        "to": [to.display_name, to.addr_spec],
        "one_click": message["list-unsubscribe-post"],
        "unsubscribe": message["list-unsubscribe"],
        "seconds": int(message["date"].datetime.timestamp()),
    })
json.dump(found, sys.stdout)
