"""Writes one list of offers as seven files: for a German and for an American sender an .xlsx, and
the .csv in UTF-8 and in windows-1252 that their spreadsheet makes of it; and what LibreOffice 7.4
on a German desk makes of the German .xlsx when nobody tells it how."""

import csv
import datetime
import io
import json
import pathlib
import sys

import openpyxl

HEADER = [
    "offer_id", "partner_id", "mechanic", "value", "currency", "min_spend", "title", "body", "code",
    "badge", "terms_id", "landing_path", "effective_from", "effective_to", "display_from",
    "display_to", "status",
]
START = datetime.datetime(2026, 11, 3, 5, 0)
END = datetime.datetime(2026, 12, 31, 23, 59)
SHOWN = (datetime.date(2026, 11, 5), datetime.date(2026, 12, 1))


class Share(float):
    """A number that the sheet shows as a percentage."""


class Price(float):
    """A number that the sheet shows with the sign of a currency."""

    def __new__(cls, number, sign):
        price = super().__new__(cls, number)
        price.sign = sign
        return price


def offer(number, mechanic, value, currency, least, title, body, code, badge):
    return [
        f"sheet-{number}", "lumen", mechanic, value, currency, least, title, body, code, badge,
        "standard", "/serums", START, END, *SHOWN, "active",
    ]


ROWS = [
    offer(1, "pct_off", 20, None, None, "Gartenmöbel für den Süden", "Über 1.000 Stücke", "SÜD20", None),
    offer(2, "pct_off", Share(0.3), None, None, "Käse, Öl & Brühe", "„Frisch“ – täglich", "00123", "Neu"),
    offer(3, "amount_off", 12.5, "EUR", 49.9, "Café crème", None, None, None),
    offer(4, "amount_off", Price(1234.5, "€"), "EUR", 2500, "Señor’s “Fiesta” set", "50 % wool", None, None),
    offer(5, "amount_off", 19.99, "USD", Price(1099, "$"), "Straße, Maß, Fuß", 'A 10" pan; two lids', None, None),
    offer(6, "gift", None, "EUR", 0.3, "Ein Päckchen Tee", "One line, with a comma", None, "½ Liter"),
]


class German:
    sheet = "Angebote"
    other = "Hinweise"
    delimiter = ";"
    formats = {"date": "DD.MM.YYYY", "time": "DD.MM.YYYY HH:MM", "share": "0%"}

    @staticmethod
    def price_format(sign):
        return f'#,##0.00 "{sign}"'

    @staticmethod
    def shown(cell):
        if isinstance(cell, datetime.datetime):
            return f"{cell:%d.%m.%Y %H:%M}"
        if isinstance(cell, datetime.date):
            return f"{cell:%d.%m.%Y}"
        if isinstance(cell, Share):
            return f"{cell * 100:.0f}%"
        if isinstance(cell, (int, float)):
            plain = f"{cell:,.2f}" if isinstance(cell, float) else str(cell)
            plain = plain.translate(str.maketrans(",.", ".,"))
            return f"{plain} €" if isinstance(cell, Price) and cell.sign == "€" else plain
        return cell or ""


class LibreOffice(German):
    """Seconds in times, and amounts without signs, groups and the zeros at their ends."""

    delimiter = ","

    @staticmethod
    def shown(cell):
        if isinstance(cell, datetime.datetime):
            return f"{cell:%d.%m.%Y %H:%M:%S}"
        if isinstance(cell, float) and not isinstance(cell, Share):
            return f"{cell:g}".replace(".", ",")
        return German.shown(cell)


class American:
    sheet = "Offers"
    other = "Notes"
    delimiter = ","
    formats = {"date": "m/d/yyyy", "time": "m/d/yyyy h:mm AM/PM", "share": "0%"}

    @staticmethod
    def price_format(sign):
        return f'"{sign}"#,##0.00'

    @staticmethod
    def shown(cell):
        if isinstance(cell, datetime.datetime):
            hour = cell.hour % 12 or 12
            half = "AM" if cell.hour < 12 else "PM"
            return f"{cell.month}/{cell.day}/{cell.year} {hour}:{cell:%M} {half}"
        if isinstance(cell, datetime.date):
            return f"{cell.month}/{cell.day}/{cell.year}"
        if isinstance(cell, Share):
            return f"{cell * 100:.0f}%"
        if isinstance(cell, float):
            plain = f"{cell:,.2f}"
            return f"${plain}" if isinstance(cell, Price) and cell.sign == "$" else plain
        return "" if cell is None else str(cell)


def fill(sheet, cell, value, sender):
    if isinstance(value, Price):
        cell.value, cell.number_format = float(value), sender.price_format(value.sign)
    elif isinstance(value, Share):
        cell.value, cell.number_format = float(value), sender.formats["share"]
    else:
        cell.value = value
        if isinstance(value, datetime.datetime):
            cell.number_format = sender.formats["time"]
        elif isinstance(value, datetime.date):
            cell.number_format = sender.formats["date"]
        elif isinstance(value, float):
            cell.number_format = "#,##0.00"


def workbook(path, sender):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = sender.sheet
    for column, name in enumerate(HEADER, 1):
        sheet.cell(1, column, name)
    for row, values in enumerate(ROWS, 2):
        for column, value in enumerate(values, 1):
            if value is not None:
                fill(sheet, sheet.cell(row, column), value, sender)
    book.create_sheet(sender.other)["A1"] = "Bitte bis Freitag. Please by Friday."
    book.save(path)


def table(sender):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=sender.delimiter, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows([sender.shown(cell) for cell in row] for row in ROWS)
    return text.getvalue()


folder = pathlib.Path(json.load(sys.stdin)["folder"])
for name, sender in (("german", German), ("american", American)):
    workbook(folder / f"{name}.xlsx", sender)
    (folder / f"{name}-utf-8.csv").write_bytes(table(sender).encode("utf-8"))
    (folder / f"{name}-windows-1252.csv").write_bytes(table(sender).encode("cp1252"))
(folder / "german-libreoffice.csv").write_bytes(table(LibreOffice).encode("cp1252"))
json.dump({"offers": len(ROWS)}, sys.stdout)
