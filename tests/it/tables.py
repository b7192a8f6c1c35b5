"""Reads the reporting tables with DuckDB: Parquet, CSV and dbt seed hold the same cells."""

import csv
import json
import pathlib
import sys

import duckdb

folder = pathlib.Path(sys.argv[1])
answer = {}
for name in ["dim_link", "dim_param_value"]:
    table = duckdb.read_parquet(str(folder / f"{name}.parquet"))
    plain = table.project(", ".join(f'CAST("{column}" AS VARCHAR)' for column in table.columns))
    parquet = [["" if cell is None else cell for cell in row] for row in plain.fetchall()]
    rows = {}
    for kind, path in [("csv", f"{name}.csv"), ("seed", f"dbt/seeds/{name}.csv")]:
        header, *rows[kind] = csv.reader((folder / path).open(newline="", encoding="utf-8"))
        assert header == table.columns, (path, header)
    assert rows["seed"] == parquet, f"{name}: the seed and the Parquet file differ"
    guarded = 0
    for ours, theirs in zip(rows["csv"], parquet, strict=True):
        for cell, raw in zip(ours, theirs, strict=True):
            guarded += cell != raw
            assert cell == raw or (cell == "'" + raw and raw[0] in "=+-@"), (cell, raw)
    types = dict(zip(table.columns, map(str, table.types)))
    dates = sorted(column for column, kind in types.items() if kind == "DATE")
    assert set(types.values()) <= {"DATE", "VARCHAR"}, types
    answer[name] = {"rows": len(parquet), "guarded": guarded, "dates": dates}
print(json.dumps(answer))
