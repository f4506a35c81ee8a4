"""The texts of messages that leave the house: an institution words them, in three languages.

Whoever sends a message declares an `Outgoing` beside the act, with the words that hold until the
institution sets others, and the facts that stand in them as `{url}`. What a text may not say is
decided here, for all of them: it is read by whoever looks over a shoulder.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from reintegration.kernel.actor import Role
from reintegration.kernel.dated_rules import Area, DatedList
from reintegration.kernel.errors import N_, Invalid
from reintegration.kernel.rule_kinds import LANGUAGES, Part, Record, Texts
from reintegration.kernel.text import plain

CODE = "message_texts"
LONGEST_SUBJECT, LONGEST_BODY = 60, 1_000
_PLACE = re.compile(r"\{([^{}]*)\}")
_MARKUP = re.compile(r"<[^>]*>|&(?:#\w+|[A-Za-z]+);")
_TELLING = tuple(
    plain(word)
    for word in (
        "punte",
        "trafic",
        "traffic",
        "трафик",
        "траффик",
        "торговл",
        "victim",
        "жертв",
        "exploat",
        "exploit",
        "эксплуат",
        "slave",
        "sclav",
        "рабств",
        "prostit",
        "проститу",
        "violen",
        "насили",
    )
)
"""How words begin that tell of the programme or of what a person lived through."""


@dataclass(frozen=True, slots=True)
class MessageText:
    """The subject and the body of a message in each language."""

    subject: Mapping[str, str]
    body: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """Which text a message was written by; `version` None: the one that came with Punte."""

    code: str
    version: UUID | None


@dataclass(frozen=True, slots=True)
class Written:
    """A message, filled in: what leaves, and by which text."""

    subject: str
    text: str
    wording: Wording


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One kind of message. `facts` are what stands in its body, each with an invented value.

    With `to_all` it goes to an organisation and not to a reader with a language: it says the same
    in all three.
    """

    code: str
    called: str
    at_first: MessageText
    facts: Mapping[str, str] = field(default_factory=dict)
    to_all: bool = False

    def __post_init__(self) -> None:
        _kinds[self.code] = self
        _called[self.code] = self.called
        _at_first[self.code] = self.at_first

    def written(self, day: date, language: str = "", **facts: str) -> Written:
        """Return the message by the text of `day`; a message to all needs no language."""
        version = TEXTS.version(day, self.code)
        value = TEXTS.held(day, self.code) or self.at_first
        wording = Wording(self.code, None if version is None else version.id)
        languages = LANGUAGES if self.to_all else (language,)
        return Written(*_filled(value, languages, facts), wording)


_kinds: dict[str, Outgoing] = {}
_called: dict[str, str] = {}
_at_first: dict[str, MessageText] = {}


def outgoing() -> Mapping[str, Outgoing]:
    """Return the kinds of messages of the features that are loaded, by their codes."""
    return _kinds


def in_three(romanian: str, russian: str, english: str) -> dict[str, str]:
    """Return a text by its languages."""
    return dict(zip(LANGUAGES, (romanian, russian, english), strict=True))


def _filled(
    value: MessageText, languages: Iterable[str], facts: Mapping[str, str]
) -> tuple[str, str]:
    """Return subject and text; a fact is put in as it is, whatever signs it has."""
    bodies = (
        _PLACE.sub(lambda place: facts.get(place[1], place[0]), value.body[one])
        for one in languages
    )
    text = "".join(f"{body}\n" for body in bodies)
    return " / ".join(value.subject[one] for one in languages), text


def _sample(entry: str, value: MessageText) -> list[tuple[str, str]]:
    facts = _kinds[entry].facts if entry in _kinds else {}
    told = ((one, _filled(value, (one,), facts)) for one in LANGUAGES)
    return [(one, f"{subject}\n\n{text}".rstrip()) for one, (subject, text) in told]


def _fits(entry: str, value: MessageText, at: str) -> None:
    """Raise Invalid, beside the text that is wrong, for what no such message may say."""
    for language in LANGUAGES:
        _hold_places(value.subject[language], frozenset(), f"{at}_subject_{language}")
        _hold_places(value.body[language], frozenset(_kinds[entry].facts), f"{at}_body_{language}")
        for part, text in (("subject", value.subject), ("body", value.body)):
            _refuse_telling(text[language], f"{at}_{part}_{language}")
        if "\n" in value.subject[language]:
            raise Invalid(N_("A subject is one line."), field=f"{at}_subject_{language}")


def _hold_places(text: str, needed: frozenset[str], at: str) -> None:
    named = _PLACE.findall(text)
    for name in named:
        if name not in needed:
            unknown = N_("Nothing is put in for {%(name)s} here. Take it out.")
            raise Invalid(unknown, field=at, name=name[:40])
    missing = sorted(needed.difference(named))
    if missing:
        needs = N_("The text needs {%(name)s}: without it nobody can act on the message.")
        raise Invalid(needs, field=at, name=missing[0])
    if {"{", "}"}.intersection(_PLACE.sub("", text)):
        raise Invalid(N_("A curly bracket stands alone. Write {name}, or none."), field=at)


def _refuse_telling(text: str, at: str) -> None:
    if _MARKUP.search(text):
        raise Invalid(N_("Write plain text: a message has no HTML."), field=at)
    for word in plain(text).split():
        if word.startswith(_TELLING):
            tells = N_("“%(word)s” tells who writes or why. Say it in neutral words.")
            raise Invalid(tells, field=at, word=word)


TEXTS: DatedList[MessageText] = DatedList(
    code=CODE,
    title=N_("Texts of messages"),
    says=N_("What the mails say that leave the house, in the language of whoever reads them."),
    area=Area.LISTS,
    decided_by=Role.SUPERVISOR,
    kind=Record(
        MessageText,
        {
            "subject": Part(N_("Subject"), Texts(longest=LONGEST_SUBJECT)),
            "body": Part(
                N_("Text"),
                Texts(longest=LONGEST_BODY, lines=True),
                N_(
                    "Neutral words: neither who we are nor what it is about. {url} becomes the"
                    " link."
                ),
            ),
        },
    ),
    initially=_at_first,
    fixed=_called,
    fits=_fits,
    sample=_sample,
)
