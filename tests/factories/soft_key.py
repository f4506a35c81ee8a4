"""A passkey made of software: what a device would answer, for tests without a browser."""

import hashlib
import html
import json
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encoded(content: bytes) -> str:
    """Return bytes as browsers send them."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def asked_on(page: str) -> dict:
    """Return what a page asks a device, as its script reads it."""
    found = re.search(r'data-passkey-asked="([^"]+)"', page)
    assert found, page
    return json.loads(html.unescape(found[1]))


@dataclass
class SoftKey:
    """One key on one device; `origin` is where its browser believes to be."""

    host: str = "localhost"
    origin: str = "http://localhost"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def made(self, asked: dict) -> str:
        """Return the answer to being asked for a new passkey."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1}
        public |= {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        about = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + about}
        return self._answer(
            asked, "webauthn.create", {"attestationObject": encoded(cbor2.dumps(attestation))}
        )

    def shown(self, asked: dict) -> str:
        """Return the answer to being asked to sign."""
        self.count += 1
        data = self._data()
        said = self._said(asked, "webauthn.get")
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        told = {"authenticatorData": encoded(data), "signature": encoded(signature)}
        return self._answer(asked, "webauthn.get", told)

    def _data(self, more: int = 0) -> bytes:
        place = hashlib.sha256(self.host.encode()).digest()
        return place + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _said(self, asked: dict, kind: str) -> bytes:
        told = {"type": kind, "challenge": asked["options"]["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def _answer(self, asked: dict, kind: str, told: dict) -> str:
        response = told | {"clientDataJSON": encoded(self._said(asked, kind))}
        name = encoded(self.id)
        said = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps({"asked": asked["asked"], "said": said})
