"""The market's key for Web Push (VAPID, RFC 8292), made from its secret: every process has it, and no file holds it."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PURPOSE = b"market web push"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256."""


def push_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """The private key. Another secret is another key, and browsers subscribe anew."""
    drawn = HKDF(algorithm=SHA256(), length=48, salt=None, info=PURPOSE).derive(secret.encode())
    # Sixteen bytes more than the order has: no scalar is likelier than another.
    return ec.derive_private_key(int.from_bytes(drawn) % (ORDER - 1) + 1, ec.SECP256R1())


def public_push_key(secret: str) -> str:
    """What a browser subscribes with (`applicationServerKey`)."""
    point = push_key(secret).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
