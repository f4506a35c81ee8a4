"""Keys and seals. The master keys live outside the database; everything else hangs on them.

What is *sealed* lies under one master key and says which: its first bytes are that key's name. Any
key of the ring opens, the current one seals, so a master key can be taken in the place of another.
What is *hashed or signed* cannot be made anew without its plain text: for that the house has keys
of its own (`HOUSE`), which lie sealed in the database and stay the same whatever the master key is
(`reintegration/kernel/house_keys.py`).

Fields are AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce and additional data that binds
a value to its table, column and row: a value copied to another row does not open.
"""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12
_MARK = b"\x00key"
_NAME_BYTES = 8
HEAD_BYTES = len(_MARK) + _NAME_BYTES
"""How many bytes before a seal say under which key it lies.

What was sealed before there was more than one key has none: its first bytes are a random nonce,
which is taken for a head of one key once in 2^96.
"""


class SealBroken(Exception):
    """The value was changed, moved to another row, or sealed with another key."""


class KeyMissing(SealBroken):
    """The value lies under a master key that this process does not have; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"This lies under the master key {name}, which is not set: add it to"
            " PUNTE_MASTER_KEYS_READ and restart."
        )
        self.name = name


class NotOpened(LookupError):
    """A key of the house was asked for before anybody read it from the database."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """One kind of thing that is sealed under the master key, and what each is bound to."""

    purpose: str
    shape: str

    def bound_to(self, *ids: object) -> str:
        """Return what one of its values is bound to."""
        return self.shape.format(*ids)


PERSON_KEY = Sealing("person-key-wrapping/1", "person_key|{}")
PAPER_KEY = Sealing("paper-key-wrapping/1", "paper_key|{}")
PRINTED = Sealing("voucher-print/1", "voucher|{}")
FACTOR = Sealing("second-factor/1", "second_factor|{}")
MAIL = Sealing("mail/1", "outbox|{}")
UPLOAD = Sealing("upload/1", "task_page|{}")
ANSWER = Sealing("form-answer/1", "answered_form|{}|{}")
SAMPLE = Sealing("key-sample/1", "key_sample|{}")
HOUSE_KEY = Sealing("house-key/1", "house_key|{}")
CHALLENGE = Sealing("passkey-challenge/1", "passkey|{}")
STORED = (PERSON_KEY, PAPER_KEY, PRINTED, FACTOR, MAIL, UPLOAD, ANSWER, SAMPLE, HOUSE_KEY)
"""What lies in the database; a challenge only travels through a page, for minutes."""

HOUSE = (
    "blind-index/1",
    "voucher-code/1",
    "voucher-pin/1",
    "sent-form/1",
    "erased-list/1",
    "account-link/1",
    "recovery-code/1",
    "audit-chain/1",
    "audit-checkpoint/1",
)
"""The keys of the house: each hashes or signs what is compared with what stands there already."""


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


class MasterKey:
    """One master key and what is derived from it (HKDF-SHA-256, RFC 5869)."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError("the master key has 32 bytes")
        self.secret = secret
        self._derived: dict[str, bytes] = {}
        named = self.derive("key-name/1")[:_NAME_BYTES]
        self.head = _MARK + named
        """What stands before everything that was sealed under this key."""
        self.name = named.hex()
        """By what this key is told from others; it opens nothing."""

    def __repr__(self) -> str:
        return f"MasterKey({self.name})"

    def derive(self, purpose: str) -> bytes:
        """Return the key of one purpose."""
        if purpose not in self._derived:
            made = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose.encode())
            self._derived[purpose] = made.derive(self.secret)
        return self._derived[purpose]


def name_in(sealed: bytes) -> str | None:
    """Return the name of the key under which a value says that it lies; None: it does not say."""
    if len(sealed) < HEAD_BYTES or not sealed.startswith(_MARK):
        return None
    return sealed[len(_MARK) : HEAD_BYTES].hex()


class Keyring:
    """The master keys of this process (one seals, all open) and the keys of the house."""

    def __init__(self, master: bytes, others: Iterable[bytes] = ()) -> None:
        self.current = MasterKey(master)
        self._all = {self.current.name: self.current}
        for one in map(MasterKey, others):
            self._all.setdefault(one.name, one)
        self._house: dict[str, bytes] | None = None

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._all)})"

    @property
    def name(self) -> str:
        """Return the name of the current key."""
        return self.current.name

    @property
    def keys(self) -> tuple[MasterKey, ...]:
        """Return all keys, the current one first."""
        return tuple(self._all.values())

    @property
    def is_open(self) -> bool:
        """Whether the keys of the house are known here."""
        return self._house is not None

    def open_house(self, keys: Mapping[str, bytes]) -> None:
        """Take in the keys of the house, by their purpose; they never change."""
        self._house = dict(keys)

    def open_new_house(self) -> None:
        """Take the keys that a house has whose first master key is the current one."""
        self.open_house(house_of(self.current))

    def house_key(self, purpose: str) -> bytes:
        """Return a key of the house; raise NotOpened before they were read."""
        if self._house is None:
            raise NotOpened("the keys of the house were not read: ask kernel.db.keyring for them")
        return self._house[purpose]

    def seal(self, kind: Sealing, plain: bytes, *, bound_to: str) -> bytes:
        """Seal under the current key, whose name stands before it."""
        return self.current.head + seal(self.current.derive(kind.purpose), plain, bound_to=bound_to)

    def unseal(self, kind: Sealing, sealed: bytes, *, bound_to: str) -> bytes:
        """Open what any key of the ring sealed; raise KeyMissing or SealBroken."""
        named = name_in(sealed)
        if named in self._all:
            opening = self._all[named].derive(kind.purpose)
            return unseal(opening, sealed[HEAD_BYTES:], bound_to=bound_to)
        for key in self.keys:  # it was sealed before keys were named
            try:
                return unseal(key.derive(kind.purpose), sealed, bound_to=bound_to)
            except SealBroken:
                continue
        if named is not None:
            raise KeyMissing(named)
        raise SealBroken(bound_to)

    def sealed_anew(self, kind: Sealing, sealed: bytes, *, bound_to: str) -> bytes:
        """Return the same under the current key."""
        return self.seal(kind, self.unseal(kind, sealed, bound_to=bound_to), bound_to=bound_to)

    @property
    def erased(self) -> bytes:
        """The key of the list of the erased, which is kept outside the database."""
        return self.house_key("erased-list/1")

    @property
    def audit(self) -> bytes:
        """The key of the audit chain."""
        return self.house_key("audit-chain/1")

    @cached_property
    def checkpoint_signer(self) -> Ed25519PrivateKey:
        """The key that signs audit checkpoints; its public half may leave the house."""
        return Ed25519PrivateKey.from_private_bytes(self.house_key("audit-checkpoint/1"))

    def wrap_person_key(self, key: bytes, *, case_id: str) -> bytes:
        """Wrap a person's data key for storage."""
        return self.seal(PERSON_KEY, key, bound_to=PERSON_KEY.bound_to(case_id))

    def unwrap_person_key(self, wrapped: bytes, *, case_id: str) -> bytes:
        """Return the data key of a person; raise SealBroken for another person's."""
        return self.unseal(PERSON_KEY, wrapped, bound_to=PERSON_KEY.bound_to(case_id))

    def wrap_paper_key(self, key: bytes, *, paper_id: str) -> bytes:
        """Wrap the data key of a paper for storage."""
        return self.seal(PAPER_KEY, key, bound_to=PAPER_KEY.bound_to(paper_id))

    def unwrap_paper_key(self, wrapped: bytes, *, paper_id: str) -> bytes:
        """Return the data key of a paper; raise SealBroken for another one's."""
        return self.unseal(PAPER_KEY, wrapped, bound_to=PAPER_KEY.bound_to(paper_id))

    def blind_index(self, kind: str, normalised: str) -> bytes:
        """Return the keyed hash by which an exact value is found without being readable."""
        return _hmac(self.house_key("blind-index/1"), f"{kind}|{normalised}")

    def voucher_code(self, secret: str) -> bytes:
        """Return what is stored of a voucher's QR secret or typed code."""
        return _hmac(self.house_key("voucher-code/1"), secret)

    def seal_for_print(self, text: str, *, voucher_id: str) -> bytes:
        """Seal the secrets of a voucher so that its paper can be printed again."""
        return self.seal(PRINTED, text.encode(), bound_to=PRINTED.bound_to(voucher_id))

    def unseal_for_print(self, sealed: bytes, *, voucher_id: str) -> str:
        """Open what `seal_for_print` made."""
        return self.unseal(PRINTED, sealed, bound_to=PRINTED.bound_to(voucher_id)).decode()

    def account_link(self, link_id: str) -> str:
        """Return the key in a link by mail: whoever reads the database cannot make it."""
        return _hmac(self.house_key("account-link/1"), link_id).hex()

    def seal_mail(self, text: str, *, key: str) -> str:
        """Seal a text that waits to be sent, bound to the key of its message."""
        return b64encode(self.seal(MAIL, text.encode(), bound_to=MAIL.bound_to(key))).decode()

    def unseal_mail(self, sealed: str, *, key: str) -> str:
        """Open what `seal_mail` made."""
        return self.unseal(MAIL, b64decode(sealed), bound_to=MAIL.bound_to(key)).decode()

    def seal_upload(self, content: bytes, *, task_id: str) -> str:
        """Seal a file that waits for somebody's yes, bound to the task that read it."""
        bound_to = UPLOAD.bound_to(task_id)
        return b64encode(self.seal(UPLOAD, content, bound_to=bound_to)).decode()

    def unseal_upload(self, sealed: str, *, task_id: str) -> bytes:
        """Open what `seal_upload` made."""
        return self.unseal(UPLOAD, b64decode(sealed), bound_to=UPLOAD.bound_to(task_id))

    def seal_factor(self, secret: str, *, user_id: str) -> bytes:
        """Seal the secret that somebody shares with their app."""
        return self.seal(FACTOR, secret.encode(), bound_to=FACTOR.bound_to(user_id))

    def unseal_factor(self, sealed: bytes, *, user_id: str) -> str:
        """Open what `seal_factor` made; raise SealBroken for another person's."""
        return self.unseal(FACTOR, sealed, bound_to=FACTOR.bound_to(user_id)).decode()

    def seal_challenge(self, challenge: str, *, purpose: str) -> str:
        """Seal what a passkey is asked to sign, so that the page can bring it back."""
        sealed = self.seal(CHALLENGE, challenge.encode(), bound_to=CHALLENGE.bound_to(purpose))
        return b64encode(sealed).decode()

    def unseal_challenge(self, sealed: str, *, purpose: str) -> str:
        """Open what `seal_challenge` made; raise SealBroken or ValueError for anything else."""
        bound_to = CHALLENGE.bound_to(purpose)
        return self.unseal(CHALLENGE, b64decode(sealed), bound_to=bound_to).decode()

    def recovery_code(self, code: str, *, user_id: str) -> bytes:
        """Return the keyed hash that is stored of a code on paper."""
        return _hmac(self.house_key("recovery-code/1"), f"{user_id}|{code}")

    def sent_form(self, request: bytes) -> bytes:
        """Return the keyed hash of what a form sent: a plain one would give a password away."""
        return hmac.new(self.house_key("sent-form/1"), request, hashlib.sha256).digest()

    def pin_verifier(self, pin: str, *, salt: bytes) -> bytes:
        """Return the keyed verifier of a PIN, as banks keep theirs."""
        return _hmac(self.house_key("voucher-pin/1"), salt.hex() + "|" + pin)


def house_of(master: MasterKey) -> dict[str, bytes]:
    """Return the keys of a house that was founded under this master key."""
    return {purpose: master.derive(purpose) for purpose in HOUSE}


def same(left: bytes, right: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left, right)


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
