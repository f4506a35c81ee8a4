"""Connected accounts (v2): opened, changed, restricted, closed; what they may do follows."""

from tools.stripe_simulator import events
from tools.stripe_simulator.errors import Refusal, missing_object
from tools.stripe_simulator.objects import Account, Bank, Json, Requirement
from tools.stripe_simulator.state import State, new_id

TRANSFERS = "stripe_balance.stripe_transfers"
PAYOUTS = "stripe_balance.payouts"
EVENT = "v2.core.account"
RECIPIENT = "[configuration.recipient]"

_SERVED = (
    "AT BE BG CA CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO "
    "SE SI SK US"
)
COUNTRIES = frozenset(_SERVED.split())
"""Where a recipient may live: the countries among which money is paid out without a contract."""

DOCUMENT = "identity.individual.documents.primary_verification"
TERMS = "identity.attestations.terms_of_service.account"
BANK = "configuration.recipient.default_outbound_destination"


def find(state: State, key: str) -> Account:
    """Return an account of the platform."""
    if key not in state.books.accounts:
        raise missing_object("account", key)
    return state.books.accounts[key]


def create(state: State, given: Json, *, at: int) -> Account:
    """Open an account; what it needs before it can receive transfers is due at once."""
    account = Account(id=new_id("acct"), created=at)
    _write(account, given)
    state.books.accounts[account.id] = account
    events.thin(state, f"{EVENT}.created", account.id, at=at)
    return account


def update(state: State, account: Account, given: Json, *, at: int) -> None:
    """Change what is given, and leave the rest."""
    if account.closed:
        raise Refusal("The account is closed", code="account_closed")
    before = capabilities(account)
    _write(account, given)
    told = [f"{EVENT}.updated"]
    told += [f"{EVENT}[{part}].updated" for part in ("identity", "defaults") if part in given]
    for kind in told:
        events.thin(state, kind, account.id, at=at)
    _tell_capabilities(state, account, before, at=at)


def _write(account: Account, given: Json) -> None:
    """Set what is given; everything is checked before anything is set."""
    identity, defaults = given.get("identity", {}), given.get("defaults", {})
    country = identity.get("country", account.country)
    if country is not None and country.upper() not in COUNTRIES:
        raise Refusal(
            f"Accounts in {country.upper()} cannot receive transfers from this platform",
            code="country_unsupported",
            param="identity.country",
        )
    account.country = country and country.upper()
    account.entity_type = identity.get("entity_type", account.entity_type)
    business = identity.get("business_details", {})
    account.registered_name = business.get("registered_name", account.registered_name)
    account.email = given.get("contact_email", account.email)
    account.phone = given.get("contact_phone", account.phone)
    account.display_name = given.get("display_name", account.display_name)
    account.dashboard = given.get("dashboard", account.dashboard)
    account.currency = defaults.get("currency", account.currency)
    responsible = defaults.get("responsibilities", {})
    account.fees_collector = responsible.get("fees_collector", account.fees_collector)
    account.losses_collector = responsible.get("losses_collector", account.losses_collector)
    account.metadata = merged(account.metadata, given.get("metadata", {}))
    if "recipient" in given.get("configuration", {}):
        _configure(account, given["configuration"]["recipient"] or {})


def merged(metadata: dict[str, str], given: dict[str, str | None]) -> dict[str, str]:
    """Return metadata with what is given; an empty value takes its key away."""
    return {name: value for name, value in (metadata | given).items() if value}


def _configure(account: Account, recipient: Json) -> None:
    wanted = recipient.get("capabilities", {}).get("stripe_balance", {}).get("stripe_transfers")
    if wanted is None:
        return
    asked_before, account.transfers_requested = account.transfers_requested, wanted["requested"]
    if wanted["requested"] and not asked_before and account.bank is None:
        account.requirements = [
            Requirement(TERMS, TRANSFERS),
            Requirement(DOCUMENT, TRANSFERS),
            Requirement(BANK, PAYOUTS),
        ]


def onboard(
    state: State,
    account: Account,
    *,
    country: str,
    bank_account: str,
    missing: list[Requirement],
    at: int,
) -> None:
    """Take what the holder filled in; what is missing stays due."""
    before = capabilities(account)
    account.country = country
    account.bank = Bank(new_id("ba"), country, account.currency or "eur", bank_account[-4:])
    account.requirements = missing
    waits = any(one.awaiting == "stripe" for one in missing)
    account.verified_at = at + state.settings.verified_after if waits else None
    if account.next_payout is not None:
        account.next_payout = max(account.next_payout, at + state.settings.payout_after)
    events.thin(state, f"{EVENT}[identity].updated", account.id, at=at)
    requirements_changed(state, account, before, at=at)


def verify(state: State, account: Account, *, at: int) -> None:
    """End what waits for Stripe: it found nothing wrong."""
    before = capabilities(account)
    account.verified_at = None
    account.requirements = [one for one in account.requirements if one.awaiting == "user"]
    requirements_changed(state, account, before, at=at)


def require(state: State, account: Account, requirement: Requirement, *, at: int) -> None:
    """Ask an account for something more."""
    before = capabilities(account)
    account.requirements.append(requirement)
    requirements_changed(state, account, before, at=at)


def restrict(state: State, account: Account, *, at: int, restricted: bool = True) -> None:
    """Stop an account, or let it go on, by Stripe's own decision."""
    before = capabilities(account)
    account.restricted = restricted
    requirements_changed(state, account, before, at=at)


def close(state: State, account: Account, *, at: int) -> None:
    """End an account for good."""
    before = capabilities(account)
    account.closed, account.next_payout = True, None
    events.thin(state, f"{EVENT}.closed", account.id, at=at)
    _tell_capabilities(state, account, before, at=at)


def fall_due(state: State, account: Account, *, at: int) -> None:
    """Make past due what was to be told until now."""
    before = capabilities(account)
    for one in account.requirements:
        if one.until is not None and one.until <= at:
            one.deadline, one.until = "past_due", None
    requirements_changed(state, account, before, at=at)


def requirements_changed(
    state: State, account: Account, before: dict[str, Json], *, at: int
) -> None:
    """Tell that what an account owes changed, and which capabilities changed with it."""
    events.thin(state, f"{EVENT}[requirements].updated", account.id, at=at)
    _tell_capabilities(state, account, before, at=at)


def _tell_capabilities(state: State, account: Account, before: dict[str, Json], *, at: int) -> None:
    kind = f"{EVENT}{RECIPIENT}.capability_status_updated"
    for name, now in capabilities(account).items():
        if now["status"] != before.get(name, {}).get("status"):
            events.thin(state, kind, account.id, at=at, data={"updated_capability": name})


def capabilities(account: Account) -> dict[str, Json]:
    """Return what an account may do: nothing but what its requirements leave it."""
    if not account.transfers_requested:
        return {}
    return {name: _capability(account, name) for name in (PAYOUTS, TRANSFERS)}


def _capability(account: Account, name: str) -> Json:
    due = {
        one.awaiting
        for one in account.requirements
        if one.capability == name and one.deadline == "past_due"
    }
    if account.closed:
        return _status("unsupported", "restricted_other", "no_resolution")
    if account.restricted:
        return _status("restricted", "restricted_other", "contact_stripe")
    if "user" in due:
        return _status("restricted", "requirements_past_due", "provide_info")
    if due:
        return _status("pending", "requirements_pending_verification", "no_resolution")
    return {"status": "active", "status_details": []}


def _status(status: str, code: str, resolution: str) -> Json:
    return {"status": status, "status_details": [{"code": code, "resolution": resolution}]}


def is_active(account: Account, capability: str) -> bool:
    """Return whether an account may do this now."""
    return capabilities(account).get(capability, {}).get("status") == "active"
