"""Writes clean/, broken/ and answers.csv. `make.py --check` says whether they are as written.

The places in the answers are counted in what is written, and not by the program."""

import csv
import io
import pathlib
import sys

from planted import PLANTED
from senders import FILES, PLAIN, WRITTEN

FOLDER = pathlib.Path(__file__).parent
OWNERS = {"partners": "partner-managers", "offers": "offer-desk", "stores": "retail-ops"}
# Stands for the place of the n-th defect until all is written.
MARK = 0xE000


def quoted(text, delimiter, always):
    special = any(one in text for one in (delimiter, '"', "\n", "\r"))
    return '"' + text.replace('"', '""') + '"' if special or always else text


def lines_of(name):
    """The cells of a file, each as it stands there."""
    delimiter, _, line_end, always = WRITTEN.get(name, PLAIN)
    text = lambda cell: quoted(cell.replace("\n", line_end), delimiter, always)
    return [[text(cell) for cell in row] for row in FILES[name]]


def planted(name):
    """The same with its defects, and the code of each mark."""
    delimiter, _, line_end, always = WRITTEN.get(name, PLAIN)
    lines, header, codes = lines_of(name), FILES[name][0], {}
    for number, defect in enumerate(PLANTED[name]):
        mark = chr(MARK + number)
        match defect:
            case ("written", code, row, column, text):
                lines[row + 1][header.index(column)] = text.replace("¦", mark)
            case ("more", code, row, text):
                lines[row + 1].append(mark + quoted(text, delimiter, always))
            case ("fewer", code, row, count):
                del lines[row + 1][-count:]
                lines[row + 1][-1] = mark + lines[row + 1][-1]
            case ("line", code, "HEADER"):
                lines.append([mark + lines[0][0], *lines[0][1:]])
            case ("line", code, text):
                lines.append([mark + text])
            case ("header", code, text):
                lines[0].append(mark + quoted(text, delimiter, always))
                for cells in lines[1:]:
                    cells.append(quoted("ok", delimiter, always))
            case (code, row, column, text):
                inside = "¦" in text
                text = text.replace("¦", mark if inside else "").replace("\n", line_end)
                text = quoted(text, delimiter, always)
                lines[row + 1][header.index(column)] = text if inside else mark + text
        codes[mark] = code
    return lines, codes


def written(name, lines):
    delimiter, encoding, line_end, _ = WRITTEN.get(name, PLAIN)
    text = "".join(delimiter.join(cells) + line_end for cells in lines)
    start = "\ufeff" if encoding.startswith("utf-16") else ""
    return text, lambda text: (start + text).encode(encoding)


def answers(name, text, codes):
    line = column = 1
    last = ""
    for one in text:
        if one in codes:
            owner = OWNERS[name.split("-")[0]]
            yield [f"partners/{name}.csv", line, column, codes[one], owner]
            continue
        if one in "\r\n":
            line += not (last == "\r" and one == "\n")
            column = 1
        else:
            column += 1
        last = one


def files():
    found = []
    for name in FILES:
        text, encode = written(name, lines_of(name))
        yield f"clean/{name}.csv", encode(text)
        lines, codes = planted(name)
        text, encode = written(name, lines)
        found += answers(name, text, codes)
        yield f"broken/{name}.csv", encode("".join(one for one in text if one not in codes))
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows(
        [["file", "line", "column", "code", "owner"], *found]
    )
    yield "answers.csv", table.getvalue().encode()


for path, data in files():
    path = FOLDER / path
    if "--check" in sys.argv:
        if path.read_bytes() != data:
            sys.exit(f"{path.relative_to(FOLDER)} is not what make.py writes")
    else:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
