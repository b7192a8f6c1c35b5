"""Verifies an envelope with securesystemslib, as it is, tampered with, and with another key."""
import base64
import copy
import json
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

question = json.load(sys.stdin)
document = json.loads(question["envelope"])
keyid = document["signatures"][0]["keyid"]


def key_of(public):
    key = SSlibKey.from_crypto(public)
    key.keyid = keyid
    return key


def verifies(document, key):
    try:
        # It takes apart what it is given.
        Envelope.from_dict(copy.deepcopy(document)).verify([key], 1)
        return True
    except VerificationError:
        return False


key = key_of(load_ssh_public_key(question["public"].encode()))
statement = base64.b64decode(document["payload"])
tampered = dict(document, payload=base64.b64encode(statement + b" ").decode())
json.dump(
    {
        "verified": verifies(document, key),
        "tampered": verifies(tampered, key),
        "other_key": verifies(document, key_of(Ed25519PrivateKey.generate().public_key())),
        "statement": json.loads(statement),
    },
    sys.stdout,
)
