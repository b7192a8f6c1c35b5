"""Holds a manifest against the schemas of several versions of Kubernetes; gives what is wrong."""

import json
import pathlib
import sys

TARGET = pathlib.Path(__file__).resolve().parents[2] / "target"
# PyYAML and jsonschema are those that dbt brings.
sys.path[:0] = [str(TARGET / name) for name in ("python-kubernetes", "python-dbt")]

import kubernetes_validate  # noqa: E402
import yaml  # noqa: E402

question = json.load(sys.stdin)
wrong = []
for document in yaml.safe_load_all(question["manifest"]):
    for version in question["versions"]:
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            wrong.append(f"{version}: {'/'.join(str(one) for one in error.path)}: {error.message}")
json.dump(wrong, sys.stdout)
