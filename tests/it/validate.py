"""Holds documents against a JSON Schema: {"schema": …, "documents": […]} comes in, and for each
document a list of what is wrong with it goes out."""

import json
import sys

import jsonschema

request = json.load(sys.stdin)
schema = request["schema"]
kind = jsonschema.validators.validator_for(schema, default=None)
if kind is None:
    sys.exit(f"the schema names no known draft: {schema.get('$schema')}")
kind.check_schema(schema)
validator = kind(schema)
answers = [
    [f"/{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in errors]
    for errors in map(validator.iter_errors, request["documents"])
]
json.dump({"draft": kind.META_SCHEMA["$schema"], "faults": answers}, sys.stdout)
