"""What Stripe asks of a provider, why it opened no account and why a payout failed, in words."""

from collections.abc import Mapping
from typing import Any

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reintegration.web.filters import format_locale
from vouchers.stripe_rail.objects import Due

ASKED: Mapping[str, Any] = {
    "configuration.recipient.default_outbound_destination": _l(
        "The bank account to which Stripe pays out"
    ),
    "contact_email": _l("An e-mail address at which Stripe reaches the organisation"),
    "contact_phone": _l("A phone number at which Stripe reaches the organisation"),
    "display_name": _l("The name under which the organisation is known"),
    "defaults.profile": _l("What the organisation does, and its page on the web"),
    "defaults.currency": _l("The currency of the account"),
    "identity.attestations.terms_of_service": _l("Consent to Stripe's terms"),
    "identity.attestations.directorship_declaration": _l(
        "The declaration that all directors are named"
    ),
    "identity.attestations.ownership_declaration": _l("The declaration that all owners are named"),
    "identity.attestations.persons_provided": _l(
        "The declaration that everybody who must be named is named"
    ),
    "identity.attestations.representative_declaration": _l(
        "The declaration that whoever signs may sign for the organisation"
    ),
    "identity.country": _l("The country of the organisation"),
    "identity.entity_type": _l("Whether it is an organisation or one person"),
    "identity.business_details.address": _l("The address of the organisation"),
    "identity.business_details.additional_addresses": _l("The address of the organisation"),
    "identity.business_details.script_addresses": _l(
        "The address of the organisation in another script"
    ),
    "identity.business_details.annual_revenue": _l("What the organisation takes in a year"),
    "identity.business_details.monthly_estimated_revenue": _l(
        "What the organisation takes in a month"
    ),
    "identity.business_details.estimated_worker_count": _l("How many people work there"),
    "identity.business_details.documents": _l("A document that proves the organisation"),
    "identity.business_details.id_numbers": _l("The number of the organisation in the register"),
    "identity.business_details.phone": _l("The phone number of the organisation"),
    "identity.business_details.registered_name": _l("The registered name of the organisation"),
    "identity.business_details.script_names": _l(
        "The registered name of the organisation in another script"
    ),
    "identity.business_details.registration_date": _l("The day of registration"),
    "identity.business_details.structure": _l("The legal form of the organisation"),
    "identity.individual.documents": _l(
        "An identity document of whoever represents the organisation"
    ),
    "identity.individual.address": _l("The address of whoever represents the organisation"),
    "identity.individual.date_of_birth": _l(
        "The date of birth of whoever represents the organisation"
    ),
    "identity.individual": _l("Facts about whoever represents the organisation"),
    "identity.persons": _l(
        "Facts about the owners, directors or whoever represents the organisation"
    ),
    "persons": _l("Facts about the owners, directors or whoever represents the organisation"),
}
"""Beginnings of Stripe's names for what it asks of an organisation; the longest counts."""

WRONG: Mapping[str, Any] = {
    "verification_document_expired": _l("The document is out of date."),
    "verification_document_name": _l("The name on the document is another one."),
    "verification_document_not_readable": _l("The document cannot be read."),
    "verification_document_missing": _l("A side of the document is missing."),
    "verification_document_too_large": _l("The file of the document is too large."),
    "verification_document_type": _l("Stripe does not take this kind of document."),
    "verification_document": _l("Stripe did not accept the document."),
    "verification_failed": _l("Stripe could not confirm what was given."),
    "verification_missing": _l("Somebody is not named yet."),
    "invalid_address": _l("The address is not right."),
    "invalid_street_address": _l("The address is not right."),
    "invalid_tax_id": _l("The tax number is not right."),
    "invalid_value": _l("What was given is not right."),
}
"""Beginnings of Stripe's codes for what was wrong with what it got."""

NOT_OPENED: Mapping[str, Any] = {
    "no_answer": _l("Stripe did not answer for a day. Open the account anew."),
    "country_unsupported": _l(
        "Stripe pays nobody in this country from our account. Have an account at your bank"
        " approved instead."
    ),
    "email_invalid": _l(
        "Stripe does not accept the e-mail address of your profile. Change it, then open the"
        " account anew."
    ),
    "resource_missing": _l("The account is gone at Stripe. Ask finance what to do."),
}

_OTHER_ACCOUNT = _l(
    "The bank says that the account is closed or does not exist. Stripe needs another one."
)
_BLOCKED = _l("The bank has blocked the account. Ask the bank, or give Stripe another account.")
_NUMBER = _l("The number of the account is wrong. Stripe needs it anew.")
_HOLDER = _l(
    "The holder of the account is not called as Stripe was told. Give Stripe the name that the"
    " bank has, or another account."
)
_DECLINED = _l("The bank did not take the money. Ask the bank why, or give Stripe another account.")
NOT_PAID_OUT: Mapping[str, Any] = {
    "account_closed": _OTHER_ACCOUNT,
    "no_account": _OTHER_ACCOUNT,
    "bank_ownership_changed": _OTHER_ACCOUNT,
    "account_frozen": _BLOCKED,
    "bank_account_restricted": _BLOCKED,
    "invalid_account_number": _NUMBER,
    "invalid_account_number_length": _NUMBER,
    "incorrect_account_type": _NUMBER,
    "incorrect_account_holder": _HOLDER,
    "invalid_currency": _l("The account does not take this currency. Give Stripe one that does."),
    "could_not_process": _DECLINED,
    "declined": _DECLINED,
    "debit_not_authorized": _DECLINED,
    "insufficient_funds": _l(
        "The account at Stripe held less than was to be paid out. Stripe tries again by itself."
    ),
}
"""Stripe's codes for a payout that did not arrive, and what to do."""


def asked_for(due: Due) -> str:
    """Return what Stripe asks for, and what was wrong with what it got, in words."""
    known = _begins(ASKED, due.field)
    what = str(known) if known else _("Something that Stripe calls “%(name)s”", name=due.field)
    if not due.problem:
        return what
    wrong = _begins(WRONG, due.problem)
    said = str(wrong) if wrong else _("Stripe refused it (%(code)s).", code=due.problem)
    return f"{what}. {said}"


def territory(code: str) -> str:
    """Return the name of a country."""
    return str(Locale.parse(format_locale()).territories.get(code, code))


def not_opened(code: str) -> str:
    """Return why Stripe opened no account, and what to do."""
    known = NOT_OPENED.get(code)
    if known:
        return str(known)
    return str(
        _(
            "Stripe refused it (%(code)s). Look through your profile, open the account anew, and"
            " ask finance if it is refused again.",
            code=code,
        )
    )


def not_paid_out(code: str) -> str:
    """Return why a payout did not reach the bank, and what to do."""
    known = _begins(NOT_PAID_OUT, code)
    if known:
        return str(known)
    return str(
        _(
            "The bank did not take the money (%(code)s). Ask the bank, or give Stripe another"
            " account.",
            code=code or "–",
        )
    )


def _begins(table: Mapping[str, Any], name: str) -> Any:
    """Return the entry whose key is the longest beginning of a name, part by part."""
    fitting = [key for key in table if name == key or name.startswith((f"{key}.", f"{key}_"))]
    return table[max(fitting, key=len)] if fitting else None
