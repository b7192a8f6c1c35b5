"""Reads and writes tables with Python's csv module. A list of requests comes in, a list of answers
goes out. {"bytes": hex, "delimiter": …, "encoding": …} is read; with "rows" in place of "bytes" they
are written first, and the bytes are in the answer too."""

import csv
import io
import json
import sys

csv.field_size_limit(1 << 30)


def write(request):
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if request["quote_all"] else csv.QUOTE_MINIMAL
    writer = csv.writer(
        text,
        delimiter=request["delimiter"],
        lineterminator=request["line_end"],
        quoting=quoting,
    )
    writer.writerows(request["rows"])
    text = text.getvalue()
    if not request["last_end"]:
        text = text.removesuffix(request["line_end"])
    return text.encode(request["encoding"])


def read(data, request):
    text = io.StringIO(data.decode(request["encoding"]).rstrip("\x1a"), newline="")
    return list(csv.reader(text, delimiter=request["delimiter"], strict=True))


def answer(request):
    data = bytes.fromhex(request["bytes"]) if "bytes" in request else write(request)
    answer = {"bytes": data.hex()} if "rows" in request else {}
    try:
        return {**answer, "cells": read(data, request)}
    except (csv.Error, UnicodeError) as error:
        return {**answer, "error": str(error)}


json.dump([answer(request) for request in json.load(sys.stdin)], sys.stdout)
