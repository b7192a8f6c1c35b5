"""Every address in an artifact, as programs that are not ours read it."""

import csv
import email
import email.policy
import html.parser
import io
import json
import re


class Addresses(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        self.found += [value for name, value in attributes if name in ("href", "src") and value]


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def in_html(text):
    reader = Addresses()
    reader.feed(text)
    return reader.found


def in_text(text):
    return [one.rstrip(".") for one in re.findall(r"https?://[^\s\"<>,()]+", text)]


def addresses(media_type, path):
    """The addresses of an artifact; pictures have none."""
    if media_type.startswith("image/"):
        return []
    text = path.read_text()
    if media_type == "text/html":
        return in_html(text)
    if media_type == "message/rfc822":
        message = email.message_from_string(text, policy=email.policy.default)
        html, plain = (message.get_body((kind,)).get_content() for kind in ("html", "plain"))
        return in_html(html) + in_text(plain)
    if media_type == "application/json":
        text = "\n".join(strings(json.loads(text)))
    elif media_type == "text/csv":
        text = "\n".join(cell for row in csv.reader(io.StringIO(text)) for cell in row)
    return in_text(text)
