"""Reads URLs as urllib does. In: a list of URLs. Out: for each its text and its pairs."""

import json
import sys
import urllib.parse


def read(text):
    parts = urllib.parse.urlsplit(text)
    fragment = "#" + parts.fragment if parts.fragment else ""
    pairs = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
    return {"text": urllib.parse.urlunsplit(parts), "fragment": fragment, "pairs": pairs}


json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
