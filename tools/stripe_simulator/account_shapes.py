"""Accounts (v2) as the API shows them: what is not asked for by `include` is null."""

from collections.abc import Collection

from tools.stripe_simulator.accounts import PAYOUTS, TRANSFERS, capabilities
from tools.stripe_simulator.events import iso
from tools.stripe_simulator.objects import Account, Json, Requirement

_SOONEST = ("past_due", "currently_due", "eventually_due")


def account_shape(account: Account, include: Collection[str]) -> Json:
    """Return an account with the parts that were asked for."""
    parts = {
        "defaults": _defaults,
        "identity": _identity,
        "requirements": _requirements,
        "future_requirements": _nothing_required,
    }
    shown: Json = {
        "id": account.id,
        "object": "v2.core.account",
        "applied_configurations": ["recipient"] if _is_recipient(account) else [],
        "closed": account.closed,
        "configuration": _configuration(account, include),
        "contact_email": account.email,
        "contact_phone": account.phone,
        "created": iso(account.created),
        "dashboard": account.dashboard,
        "display_name": account.display_name,
        "livemode": False,
        "metadata": account.metadata,
    }
    return shown | {name: of(account) if name in include else None for name, of in parts.items()}


def _is_recipient(account: Account) -> bool:
    return account.transfers_requested and not account.closed


def _configuration(account: Account, include: Collection[str]) -> Json | None:
    """Return the configurations asked for; this Stripe applies that of a recipient only."""
    if not any(one.startswith("configuration.") for one in include):
        return None
    shown: Json = {"customer": None, "merchant": None, "recipient": None}
    if "configuration.recipient" in include and account.transfers_requested:
        found = capabilities(account)
        shown["recipient"] = {
            "applied": _is_recipient(account),
            "capabilities": {
                "bank_accounts": None,
                "cards": None,
                "stripe_balance": {"payouts": found[PAYOUTS], "stripe_transfers": found[TRANSFERS]},
            },
        }
    return shown


def _defaults(account: Account) -> Json:
    return {
        "currency": account.currency,
        "locales": None,
        "payout_methods": None,
        "profile": None,
        "responsibilities": {
            "fees_collector": account.fees_collector,
            "losses_collector": account.losses_collector,
            "requirements_collector": "stripe",
        },
    }


def _identity(account: Account) -> Json:
    name = account.registered_name
    return {
        "attestations": None,
        "business_details": None if name is None else {"registered_name": name},
        "country": account.country,
        "entity_type": account.entity_type,
        "individual": None,
    }


def _nothing_required(_account: Account) -> Json:
    return {"alternatives": None, "entries": [], "summary": {"minimum_deadline": None}}


def _requirements(account: Account) -> Json:
    entries = account.requirements
    shown = _nothing_required(account) | {"entries": [_entry(account, one) for one in entries]}
    if entries:
        first = min(entries, key=lambda one: _SOONEST.index(one.deadline))
        until = min((one.until for one in entries if one.until is not None), default=None)
        deadline = {"status": first.deadline, "time": None if until is None else iso(until)}
        shown["summary"] = {"minimum_deadline": deadline}
    return shown


def _entry(account: Account, one: Requirement) -> Json:
    restricts = {
        "capability": one.capability,
        "configuration": "recipient",
        "deadline": {"status": one.deadline},
    }
    wrong = {"code": one.error, "description": one.error_words}
    of_bank = one.error is not None and account.bank is not None and one.capability == PAYOUTS
    reference = {"inquiry": None, "resource": None, "type": "payment_method"}
    if of_bank and account.bank is not None:
        reference["resource"] = account.bank.id
    return {
        "awaiting_action_from": one.awaiting,
        "description": one.description,
        "errors": [] if one.error is None else [wrong],
        "impact": {"restricts_capabilities": [restricts]},
        "minimum_deadline": {"status": one.deadline},
        "reference": reference if of_bank else None,
        "requested_reasons": [{"code": one.reason}],
    }
