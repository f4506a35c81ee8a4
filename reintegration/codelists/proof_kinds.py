"""What proves a delivery, and in which words it is asked for; never the provider alone.

How a proof works is code (`Proof`): who confirms, and whether the delivery settles by itself. What
it is called, and what people are asked, is the institution's: a kind of proof names one of the
ways, and keeps it for good, as vouchers name the kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from reintegration.kernel.actor import Role
from reintegration.kernel.base import Base
from reintegration.kernel.dated_rules import Area, DatedList
from reintegration.kernel.errors import N_
from reintegration.kernel.listed import Listed
from reintegration.kernel.reader import in_words_of_reader
from reintegration.kernel.rule_kinds import Choice, Part, Record, Texts, Yes
from reintegration.kernel.words import Worded


class Proof(Worded):
    """How a proof works."""

    PIN = N_("The person types a PIN")
    STAY = N_("The case manager confirms the nights that are over")
    SIGNED_LIST = N_("The case manager confirms, by a signed attendance list")
    CASE_MANAGER = N_("The case manager confirms, privately")


@dataclass(frozen=True, slots=True)
class ProofWords:
    """What a kind of proof says: `name` in a list, `mine` to the case manager who confirms."""

    name: Mapping[str, str]
    asked: Mapping[str, str]
    mine: Mapping[str, str]
    method: Proof
    in_use: bool = True


_CALLED = Texts(longest=60)
PROOF_KINDS = DatedList(
    code="proof_kinds",
    title=N_("Kinds of proof"),
    says=N_("What proves that a service was given, and in which words people are asked for it."),
    area=Area.LISTS,
    decided_by=Role.SUPERVISOR,
    stays=("method",),
    kind=Record(
        ProofWords,
        {
            "name": Part(N_("Name"), _CALLED),
            "asked": Part(
                N_("What is asked"),
                Texts(longest=160),
                N_("A sentence for the plan and for the desk: who shows or confirms what."),
            ),
            "mine": Part(
                N_("In the list of the case manager"),
                _CALLED,
                N_("Goes on after “Proven by:”, such as “your word”."),
            ),
            "method": Part(
                N_("How it works"),
                Choice(Proof),
                N_("It stays for good. Only a PIN settles a delivery by itself."),
            ),
            "in_use": Part(N_("In use"), Yes(), N_("Out of use, no category can choose it anew.")),
        },
    ),
    initially={
        "pin": ProofWords(
            {"ro": "PIN", "ru": "PIN-код", "en": "PIN"},
            {
                "ro": "Persoana scrie un PIN",
                "ru": "Человек вводит PIN-код",
                "en": "The person types a PIN",
            },
            {"ro": "PIN", "ru": "PIN-код", "en": "PIN"},
            Proof.PIN,
        ),
        "stay": ProofWords(
            {"ro": "Ședere", "ru": "Пребывание", "en": "Stay"},
            {
                "ro": "Managerul de caz confirmă nopțile încheiate",
                "ru": "Менеджер дела подтверждает прошедшие ночи",
                "en": "The case manager confirms the nights that are over",
            },
            {"ro": "ședere", "ru": "пребывание", "en": "stay"},
            Proof.STAY,
        ),
        "signed_list": ProofWords(
            {"ro": "Listă semnată", "ru": "Подписанный список", "en": "Signed list"},
            {
                "ro": "Managerul de caz confirmă, după o listă de prezență semnată",
                "ru": "Менеджер дела подтверждает по подписанному списку посещений",
                "en": "The case manager confirms, by a signed attendance list",
            },
            {"ro": "listă semnată", "ru": "подписанный список", "en": "signed list"},
            Proof.SIGNED_LIST,
        ),
        "case_manager": ProofWords(
            {"ro": "Manager de caz", "ru": "Менеджер дела", "en": "Case manager"},
            {
                "ro": "Managerul de caz confirmă, în mod privat",
                "ru": "Менеджер дела подтверждает конфиденциально",
                "en": "The case manager confirms, privately",
            },
            {"ro": "cuvântul dumneavoastră", "ru": "ваше подтверждение", "en": "your word"},
            Proof.CASE_MANAGER,
        ),
    },
)


class ProofKind(Listed):
    """A kind of proof. The four that came with Punte are named after how they work."""

    entries = PROOF_KINDS
    kept_in = "proof_kind"

    PIN: "ClassVar[ProofKind]"
    STAY: "ClassVar[ProofKind]"
    SIGNED_LIST: "ClassVar[ProofKind]"
    CASE_MANAGER: "ClassVar[ProofKind]"

    @property
    def method(self) -> Proof:
        """Return how it works, which never changes."""
        found: Proof = self.today.method
        return found

    @property
    def asked(self) -> str:
        """Return what is asked, in the reader's language."""
        return in_words_of_reader(self.today.asked)

    @property
    def mine(self) -> str:
        """Return what the case manager who confirms reads, in the reader's language."""
        return in_words_of_reader(self.today.mine)


for _code in PROOF_KINDS.initially:
    setattr(ProofKind, _code.upper(), ProofKind(_code))


class ProofCode(Base):
    """A code that rows may name: nobody reads it here, the database compares with it."""

    __tablename__ = ProofKind.kept_in

    code: Mapped[str] = mapped_column(primary_key=True)
