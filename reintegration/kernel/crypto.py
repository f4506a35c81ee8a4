"""Keys and seals. Every key is derived from one master key that lives outside the database.

Fields are AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce and additional data that binds
a value to its table, column and row: a value copied to another row does not open.
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12


class SealBroken(Exception):
    """The value was changed, moved to another row, or sealed with another key."""


def seal(key: bytes, plain: bytes, *, bound_to: str) -> bytes:
    """Encrypt `plain`; it opens only with the same `bound_to`."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to.encode())


def unseal(key: bytes, sealed: bytes, *, bound_to: str) -> bytes:
    """Decrypt what `seal` made; raise SealBroken when anything differs."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to.encode())
    except InvalidTag:
        raise SealBroken(bound_to) from None


def random_token() -> str:
    """Return 256 random bits as text for a cookie or a bearer token."""
    return secrets.token_urlsafe(KEY_BYTES)


def token_hash(token: str) -> bytes:
    """Return what is stored of a 256-bit random token: a plain hash is enough for one."""
    return hashlib.sha256(token.encode()).digest()


def _derived(purpose: str) -> "cached_property[bytes]":
    return cached_property(lambda keyring: keyring.derive(purpose))


@dataclass(frozen=True)
class Keyring:
    """The master key and what is derived from it (HKDF-SHA-256, RFC 5869)."""

    master: bytes

    def __post_init__(self) -> None:
        if len(self.master) != KEY_BYTES:
            raise ValueError("the master key has 32 bytes")

    def __repr__(self) -> str:
        return "Keyring(…)"

    def derive(self, purpose: str) -> bytes:
        """Return the key of one purpose."""
        return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(
            self.master
        )

    _wrapping = _derived("person-key-wrapping/1")
    _index = _derived("blind-index/1")
    _voucher = _derived("voucher-code/1")
    _pin = _derived("voucher-pin/1")
    _print = _derived("voucher-print/1")
    _form = _derived("sent-form/1")
    _sample = _derived("key-sample/1")
    erased = _derived("erased-list/1")
    """The key of the list of the erased, which is kept outside the database."""
    _paper = _derived("paper-key-wrapping/1")
    _link = _derived("account-link/1")
    _mail = _derived("mail/1")
    _upload = _derived("upload/1")
    _challenge = _derived("passkey-challenge/1")
    _factor = _derived("second-factor/1")
    _recovery = _derived("recovery-code/1")
    answers = _derived("form-answer/1")
    """The key of what forms were answered."""
    audit = _derived("audit-chain/1")
    """The key of the audit chain."""

    @cached_property
    def checkpoint_signer(self) -> Ed25519PrivateKey:
        """The key that signs audit checkpoints; its public half may leave the house."""
        return Ed25519PrivateKey.from_private_bytes(self.derive("audit-checkpoint/1"))

    @cached_property
    def name(self) -> str:
        """Return by what another installation's key is told from ours; it opens nothing."""
        return self.derive("key-name/1")[:8].hex()

    def wrap_person_key(self, key: bytes, *, case_id: str) -> bytes:
        """Wrap a person's data key for storage."""
        return seal(self._wrapping, key, bound_to=f"person_key|{case_id}")

    def unwrap_person_key(self, wrapped: bytes, *, case_id: str) -> bytes:
        """Return the data key of a person; raise SealBroken for another person's."""
        return unseal(self._wrapping, wrapped, bound_to=f"person_key|{case_id}")

    def wrap_paper_key(self, key: bytes, *, paper_id: str) -> bytes:
        """Wrap the data key of a paper for storage."""
        return seal(self._paper, key, bound_to=f"paper_key|{paper_id}")

    def unwrap_paper_key(self, wrapped: bytes, *, paper_id: str) -> bytes:
        """Return the data key of a paper; raise SealBroken for another one's."""
        return unseal(self._paper, wrapped, bound_to=f"paper_key|{paper_id}")

    def blind_index(self, kind: str, normalised: str) -> bytes:
        """Return the keyed hash by which an exact value is found without being readable."""
        return _hmac(self._index, f"{kind}|{normalised}")

    def voucher_code(self, secret: str) -> bytes:
        """Return what is stored of a voucher's QR secret or typed code."""
        return _hmac(self._voucher, secret)

    def seal_for_print(self, text: str, *, voucher_id: str) -> bytes:
        """Seal the secrets of a voucher so that its paper can be printed again."""
        return seal(self._print, text.encode(), bound_to=f"voucher|{voucher_id}")

    def unseal_for_print(self, sealed: bytes, *, voucher_id: str) -> str:
        """Open what `seal_for_print` made."""
        return unseal(self._print, sealed, bound_to=f"voucher|{voucher_id}").decode()

    def seal_sample(self, text: str) -> bytes:
        """Seal the sample by which the next start knows this key again."""
        return seal(self._sample, text.encode(), bound_to="key_sample|sealed|1")

    def unseal_sample(self, sealed: bytes) -> str:
        """Open the sample; raise SealBroken under another key."""
        return unseal(self._sample, sealed, bound_to="key_sample|sealed|1").decode()

    def account_link(self, link_id: str) -> str:
        """Return the key in a link by mail: whoever reads the database cannot make it."""
        return _hmac(self._link, link_id).hex()

    def seal_mail(self, text: str, *, key: str) -> str:
        """Seal a text that waits to be sent, bound to the key of its message."""
        return b64encode(seal(self._mail, text.encode(), bound_to=f"outbox|{key}")).decode()

    def unseal_mail(self, sealed: str, *, key: str) -> str:
        """Open what `seal_mail` made."""
        return unseal(self._mail, b64decode(sealed), bound_to=f"outbox|{key}").decode()

    def seal_upload(self, content: bytes, *, task_id: str) -> str:
        """Seal a file that waits for somebody's yes, bound to the task that read it."""
        return b64encode(seal(self._upload, content, bound_to=f"task_page|{task_id}")).decode()

    def unseal_upload(self, sealed: str, *, task_id: str) -> bytes:
        """Open what `seal_upload` made."""
        return unseal(self._upload, b64decode(sealed), bound_to=f"task_page|{task_id}")

    def seal_factor(self, secret: str, *, user_id: str) -> bytes:
        """Seal the secret that somebody shares with their app."""
        return seal(self._factor, secret.encode(), bound_to=f"second_factor|{user_id}")

    def unseal_factor(self, sealed: bytes, *, user_id: str) -> str:
        """Open what `seal_factor` made; raise SealBroken for another person's."""
        return unseal(self._factor, sealed, bound_to=f"second_factor|{user_id}").decode()

    def seal_challenge(self, challenge: str, *, purpose: str) -> str:
        """Seal what a passkey is asked to sign, so that the page can bring it back."""
        sealed = seal(self._challenge, challenge.encode(), bound_to=f"passkey|{purpose}")
        return b64encode(sealed).decode()

    def unseal_challenge(self, sealed: str, *, purpose: str) -> str:
        """Open what `seal_challenge` made; raise SealBroken or ValueError for anything else."""
        opened = unseal(self._challenge, b64decode(sealed), bound_to=f"passkey|{purpose}")
        return opened.decode()

    def recovery_code(self, code: str, *, user_id: str) -> bytes:
        """Return the keyed hash that is stored of a code on paper."""
        return _hmac(self._recovery, f"{user_id}|{code}")

    def sent_form(self, request: bytes) -> bytes:
        """Return the keyed hash of what a form sent: a plain one would give a password away."""
        return hmac.new(self._form, request, hashlib.sha256).digest()

    def pin_verifier(self, pin: str, *, salt: bytes) -> bytes:
        """Return the keyed verifier of a PIN, as banks keep theirs."""
        return _hmac(self._pin, salt.hex() + "|" + pin)


def same(left: bytes, right: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left, right)


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
