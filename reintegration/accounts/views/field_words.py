"""What each field of the trail is called: what was changed or read, or which page was opened.

A house test compares them with the fields that the code writes down.
"""

from collections.abc import Mapping

from flask_babel import gettext as _

from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import N_

FIELDS: dict[str, str] = {
    "access_needs": N_("What a place must offer"),
    "action": N_("What was done"),
    "actor": N_("Name or e-mail of a person"),
    "address": N_("Address"),
    "anonymised_statistics": N_("Counting in statistics that name nobody"),
    "birth_date": N_("Date of birth"),
    "birth_year": N_("Year of birth"),
    "body": N_("Text"),
    "budget_line_id": N_("Budget line"),
    "capacity": N_("Number of places"),
    "case": N_("Code of a case"),
    "case_close": N_("Page: Close the case"),
    "case_consent_withdraw": N_("Page: Withdraw a consent"),
    "case_consent_papers": N_("Page: Signed form of a consent"),
    "case_consents": N_("Page: Consent"),
    "case_emergency": N_("Page: Emergency help"),
    "case_emergency_decision": N_("Page: Decide on emergency help"),
    "case_erasure": N_("Page: Decide on an erasure"),
    "case_erasure_ask": N_("Page: Ask for an erasure"),
    "case_facts": N_("Page: Facts"),
    "case_hand_over": N_("Page: Hand the case over"),
    "case_identity": N_("Page: Who the person is"),
    "case_management": N_("Keeping a file and working on the plan together"),
    "case_notes": N_("Page: Notes"),
    "case_page": N_("Page: Overview"),
    "case_reopen": N_("Page: Reopen the case"),
    "case_team": N_("Page: Team"),
    "ceiling_minor": N_("At most, in total"),
    "columns": N_("Columns"),
    "confidential": N_("The place is confidential"),
    "contact": N_("Being contacted in the agreed way"),
    "contact_channel": N_("How the person may be contacted"),
    "contact_hours": N_("When to contact, and what to mind"),
    "currency": N_("Currency"),
    "decision": N_("Page: What changed in the plan"),
    "dependants": N_("Children or others in the person's care"),
    "description": N_("What exactly"),
    "disabled_at": N_("Open or closed"),
    "document": N_("Number of an identity document"),
    "document_number": N_("Number of an identity document"),
    "domain": N_("Area of life"),
    "due_on": N_("Last day"),
    "email": N_("E-mail"),
    "excluded_units": N_("Places where the person must not be sent"),
    "expires_on": N_("Valid until"),
    "family_name": N_("Family name"),
    "given_name": N_("Given name"),
    "goal_id": N_("Goal that it serves"),
    "holder": N_("Holder"),
    "iban": N_("IBAN"),
    "identifier": N_("Number in a state register"),
    "issued_on": N_("Issued on"),
    "kind": N_("Kind"),
    "language": N_("Language"),
    "lead_days": N_("Days until one can begin"),
    "line_choose": N_("Page: Choose a step for a service"),
    "line_edit": N_("Page: Change the service"),
    "line_new": N_("Page: Add a service"),
    "line_remove": N_("Page: Take a service out"),
    "lines": N_("Lines"),
    "manager_id": N_("Case manager"),
    "milestone": N_("Page: Step of the plan"),
    "milestone_edit": N_("Page: Change the step"),
    "milestone_move": N_("Page: Say what became of a step"),
    "milestone_new": N_("Page: A new step"),
    "milestone_remove": N_("Page: Take a step out"),
    "name": N_("Name"),
    "name_birth": N_("Name and date of birth"),
    "needs": N_("Page: Needs and goals"),
    "note": N_("What it is, and how you know"),
    "password": N_("Password"),
    "phone": N_("Phone"),
    "place": N_("Place"),
    "plan": N_("Page: Plan"),
    "plan_print": N_("Page: My plan, for printing"),
    "plan_review": N_("Page: Review held"),
    "plan_send": N_("Page: Send the plan for approval"),
    "profile": N_("Files of the bank"),
    "reference": N_("Number"),
    "roles": N_("Roles"),
    "service_account": N_("Account at a payment service"),
    "sex": N_("Sex"),
    "share_with_provider": N_("Telling a provider what it needs for one service"),
    "since": N_("Since"),
    "starts_on": N_("First day"),
    "state": N_("State"),
    "subject": N_("What it is about"),
    "supervisor": N_("Supervisor"),
    "terms": N_("What is offered"),
    "territorial_unit": N_("Where the person lives now"),
    "title": N_("Name of the step"),
    "unit": N_("Counted in"),
    "unit_price_minor": N_("Price of one"),
    "units": N_("How many"),
    "until": N_("Until"),
    "waits_for": N_("Waits for"),
}
ABOUT: dict[str, str] = {"provider.contact": N_("Contact")}
"""Where a field means another thing in acts about one subject."""


def spoken() -> dict[str, str]:
    """Return all these words in the reader's language."""
    return {field: str(_(said)) for field, said in (FIELDS | ABOUT).items()}


def fields_of(event: AuditEvent, words: Mapping[str, str]) -> str:
    """Return the words of an event's fields; what an older house called otherwise is its code."""
    told = (
        words.get(f"{event.subject_type}.{field}") or words.get(field, field)
        for field in event.fields
    )
    return ", ".join(told)
