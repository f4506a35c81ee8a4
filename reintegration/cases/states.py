"""The states and code lists of case files, consent and the vault."""

from datetime import timedelta
from enum import StrEnum
from typing import Self

from reintegration.kernel.actor import Role
from reintegration.kernel.dated_rules import Area, DatedRule
from reintegration.kernel.errors import N_
from reintegration.kernel.rule_kinds import Days
from reintegration.kernel.words import Worded, worded


class CaseState(Worded):
    """Where a case stands (subset of HTCDS and Primero's workflow)."""

    INTAKE = N_("Getting to know"), "gold"
    ACTIVE = N_("Under way"), "sky"
    FOLLOW_UP = N_("Follow-up"), "moss"
    CLOSED = N_("Closed"), "grey"


class ClosureReason(Worded):
    """Why a case is closed (IOM, reintegration handbook 2.7)."""

    GOALS_ACHIEVED = N_("The goals are reached")
    PARTIAL = N_("The goals are reached in part")
    SUPPORT_PERIOD_ENDED = N_("The time of support has ended")
    WITHDREW = N_("The person no longer wants support")
    RELOCATED = N_("The person moved away")
    TRANSFERRED = N_("Another team took over")
    LOST_CONTACT = N_("Contact was lost")
    DIED = N_("The person died")


class MemberRole(Worded):
    """Why a person is on a case."""

    MANAGER = N_("Case manager")
    SUPERVISOR = N_("Supervisor")
    CO_WORKER = N_("Co-worker")


class HandOverAnswer(Worded):
    """What became of one case of a hand-over."""

    WAITING = N_("Waits for the colleague"), "gold"
    ACCEPTED = N_("Handed over"), "moss"
    REFUSED = N_("Not taken"), "clay"
    WITHDRAWN = N_("Taken back"), "grey"


class IdentificationStatus(StrEnum):
    """What a deciding body said. It never decides who is helped."""

    POTENTIAL = "potential_victim"
    PRESUMED = "presumed_victim"
    IDENTIFIED = "identified_victim"
    PENDING = "pending"


class IndexKind(StrEnum):
    """What a value of the blind index was made of."""

    NAME_AND_BIRTH = "name_birth"
    DOCUMENT = "document"


FOLDING = 2
"""The rule by which names are folded now; a change of it counts up, and all are indexed again."""


class ConsentScope(Worded):
    """What a person agrees to, one by one.

    `hint` says what that means, `when_withdrawn` what is no longer done from then on.
    """

    hint: str
    when_withdrawn: str

    CASE_MANAGEMENT = (
        N_("Keeping a file and working on the plan together"),
        N_(
            "Without it nothing is written down but what keeps people safe, and nothing is"
            " arranged."
        ),
        N_(
            "Nothing is written in the file or the plan, approved or arranged until there is a yes"
            " again. Only what keeps people safe is written, and what ends the work."
        ),
    )
    SHARE_WITH_PROVIDER = (
        N_("Telling a provider what it needs for one service"),
        N_("The provider sees a made-up name, the service, the place, and what must be respected."),
        N_("No such provider is asked, and no voucher issued, until there is a yes again."),
    )
    ANONYMISED_STATISTICS = (
        N_("Counting in statistics that name nobody"),
        N_("No figures are made from files today. Saying no changes nothing in the help."),
        N_("The answer is kept; no figures are made from files today."),
    )
    CONTACT = (
        N_("Being contacted in the agreed way"),
        N_("Only by the channel and at the hours that the person chose."),
        N_("No provider is told how to be in touch until there is a yes again."),
    )

    def __new__(cls, code: str, label: str = "", hint: str = "", when_withdrawn: str = "") -> Self:
        """Make a scope."""
        scope = worded(cls, code, label)
        scope.hint, scope.when_withdrawn = hint, when_withdrawn
        return scope


CONSENT_TEXT_VERSION = "2026-12"
CONSENT_TEXT_BEFORE = "before"
"""Of a consent on a paper of before Punte: what was read and signed stands there."""


CONSENT_FOR = DatedRule(
    code="cases.consent_for",
    title=N_("A consent holds at most for"),
    says=N_("The person may choose less; before it ends somebody asks whether it goes on."),
    area=Area.CASES,
    decided_by=Role.SUPERVISOR,
    kind=Days(30, 365),
    initially=timedelta(days=365),
)


class ConsentMode(Worded):
    """How consent was given."""

    ORAL = N_("Said aloud")
    WRITTEN = N_("Signed on paper")


class Signatory(Worded):
    """Who agreed: whoever is under age does not agree alone."""

    PERSON = N_("The person")
    GUARDIAN = N_("A parent or guardian")
    AUTHORITY = N_("The guardianship authority")


OF_AGE = 18
"""From this age on a person agrees alone."""


class NoteKind(Worded):
    """What a note is about."""

    CONTACT = N_("Contact")
    OBSERVATION = N_("Observation")
    DECISION = N_("Decision")
    SAFETY = N_("Danger to somebody")


WITHOUT_CONSENT = (NoteKind.SAFETY,)
"""What is written down though the person did not agree that a file is kept."""

OLDEST = 100
"""How many years ago somebody who is helped was born at most."""
LONGEST_NOTE = 4000
"""How many letters a note has at most."""


class ContactChannel(Worded):
    """How a person may be reached safely."""

    NONE = N_("Do not contact")
    PHONE = N_("Phone call")
    SMS = N_("Text message")
    IN_PERSON = N_("Only in person")


class NameExportState(Worded):
    """Where a request to let every name out in a sealed file stands."""

    WAITING = N_("Waits for a supervisor"), "gold"
    APPROVED = N_("Approved: the command can use it once"), "sky"
    DECLINED = N_("Declined"), "grey"
    USED = N_("Used"), "moss"
    OVER = N_("Its time is over"), "grey"


# What the history of a case shows, in words. Floors above have histories of their own.
HAPPENED: dict[str, str] = {
    "case:register": N_("The case was opened"),
    "case:bring_in": N_("The case came in from before"),
    "case:edit": N_("Facts were changed"),
    "case:activate": N_("Work on the plan began"),
    "case:follow_up": N_("Follow-up began"),
    "case:close": N_("The case was closed"),
    "case:reopen": N_("The case was opened again"),
    "case:hand_over": N_("The case was handed over to another case manager"),
    "case:offer": N_("The case was offered to another case manager"),
    "case:refuse_offer": N_("The other case manager did not take the case"),
    "case:take_back_offer": N_("The offer to another case manager was taken back"),
    "case:add_member": N_("Somebody joined the team"),
    "case:remove_member": N_("Somebody left the team"),
    "identity:store": N_("Name and details were written down"),
    "identity:read": N_("Name and details were read"),
    "identity:export": N_("Name and details left the house in a sealed file"),
    "identity:ask_erasure": N_("Somebody asked to erase name and details"),
    "identity:decline_erasure": N_("Name and details are kept: they were not erased"),
    "identity:erase": N_("Name and details were erased for good"),
    "consent:record": N_("Consent was given"),
    "consent:withdraw": N_("Consent was withdrawn"),
    "consent:lapse": N_("Consent ended by its date"),
    "note:write": N_("A note was written"),
}
