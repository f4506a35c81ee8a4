"""Which table becomes which file. A table that is in neither list fails a house test."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Column, ColumnElement, Table, and_, exists, not_

from reintegration.kernel.base import Base

Why = Mapping[str, str]

_HASH = "A keyed hash: it says nothing without the master key."
_OPENS = "Opens a voucher."
_REPEAT = "Lets an act that is sent twice be answered once."
_FILE = "Stands beside, as a file."
_SEALED = "Leaves only sealed, with `--identity`."


@dataclass(frozen=True, slots=True)
class File:
    """One table as one file; `left_out` are its columns that do not leave here, and why."""

    name: str
    table: str
    says: str
    left_out: Why = field(default_factory=dict)

    @property
    def source(self) -> Table:
        """The table."""
        return Base.metadata.tables[self.table]

    @property
    def columns(self) -> list[Column[object]]:
        """The columns that leave, in the order of the table."""
        return [one for one in self.source.columns if one.name not in self.left_out]

    @property
    def condition(self) -> ColumnElement[bool] | None:
        """Which rows leave; None: all."""
        return _open_places() if self.table == "site_place" else None


def _open_places() -> ColumnElement[bool]:
    """Return that a place is of no confidential site."""
    site, place = Base.metadata.tables["site"], Base.metadata.tables["site_place"]
    return not_(exists().where(and_(site.c.id == place.c.site_id, site.c.confidential)))


FILES: tuple[File, ...] = (
    # the house
    File("organisations", "organisation", "The programme's offices and the providers."),
    File(
        "people",
        "user_account",
        "Accounts of staff and of people at providers.",
        {"password_hash": "Nobody needs it elsewhere: passwords are chosen anew."},
    ),
    File("roles", "user_role", "Who holds which role."),
    File("deputyships", "deputyship", "Who stood in for whom."),
    File("name_exports", "name_export", "Requests to let names leave, this one's among them."),
    # cases
    File("cases", "case_file", "Case files by their codes, without anything of the vault."),
    File(
        "case_origins",
        "case_origin",
        "Cases that came in by a table.",
        {"reference_index": _HASH, "reference_sealed": "The number of before; its team reads it."},
    ),
    File("case_members", "case_member", "Who works, or worked, on a case."),
    File(
        "notes",
        "case_note",
        "When a note was written, and by whom; what it says leaves only sealed.",
        {"body_sealed": _SEALED},
    ),
    File("consents", "consent", "What was agreed to, how, and until when."),
    File(
        "erasure_requests", "erasure_request", "Wishes to erase a person, and what became of them."
    ),
    File("hand_overs", "hand_over", "Cases that were offered to another case manager."),
    File("hand_over_cases", "hand_over_item", "Each case of such an offer."),
    File("needs", "need", "What a person needs, by area of life."),
    File("goals", "goal", "What a person wants to reach."),
    File("emergency_starts", "emergency_start", "Help that began on one person's word."),
    File("plans", "plan", "The plan of a case."),
    File("plan_versions", "plan_version", "Each version that was sent for approval."),
    File("milestones", "milestone", "The steps of a plan."),
    File("milestone_order", "milestone_dependency", "Which step waits for which."),
    File("plan_lines", "plan_line", "The services that are planned."),
    # providers
    File("providers", "provider", "Providers (an `organization` of HSDS)."),
    File("sites", "site", "Their places (a `location` of HSDS)."),
    File("places", "site_place", "Where a place is; of a confidential one it leaves only sealed."),
    File("offerings", "offering", "What is offered there (a `service_at_location` of HSDS)."),
    File("vetting_documents", "vetting_document", "The documents of providers that were checked."),
    File("pseudonyms", "pseudonym", "What a provider calls a person."),
    File("referrals", "referral", "Requests to providers, and what was disclosed with each."),
    # vouchers and money
    File(
        "vouchers",
        "voucher",
        "Vouchers.",
        {
            "code_hash": _OPENS,
            "secret_hash": _OPENS,
            "print_sealed": _OPENS,
            "pin_salt": _OPENS,
            "pin_verifier": _OPENS,
        },
    ),
    File("voucher_holds", "voucher_hold", "Why a voucher was stopped, and until when."),
    File(
        "deliveries",
        "redemption",
        "What was delivered on a voucher.",
        {"idempotency_key": _REPEAT, "request_hash": _REPEAT, "response": _REPEAT},
    ),
    File("funds", "fund", "Grants."),
    File("budget_lines", "budget_line", "The lines of a grant, and what each may pay."),
    File(
        "converted_allocations",
        "converted_allocation",
        "Money given to a line in another currency.",
    ),
    File("exchange_rates", "exchange_rate", "Rates by day."),
    File("journal_entries", "ledger_entry", "The journal: each event that was posted."),
    File("journal_lines", "ledger_line", "The journal: debit and credit of each entry."),
    File("claims", "claim", "What providers ask to be paid."),
    File("claim_lines", "claim_line", "The deliveries of a claim."),
    File("payee_accounts", "payee_account", "Where providers are paid."),
    File(
        "payment_batches",
        "payment_batch",
        "Payments that were prepared, approved and released together.",
        {"file_content": _FILE},
    ),
    File("payment_orders", "payment_order", "Each payment."),
    File("bank_accounts", "bank_account", "Our own accounts."),
    File("bank_files", "bank_file", "Files of the bank that were put in.", {"content": _FILE}),
    File("bank_statements", "bank_statement", "The statements in them."),
    File("bank_lines", "bank_line", "Each line of a statement, and what became of it."),
    File("bank_matches", "bank_match", "Which line paid which order."),
    File("bank_endings", "bank_line_ending", "What a line was that paid no order."),
    File("bank_notices", "bank_notice", "What banks explained of their lines."),
    File("bank_answers", "bank_answer", "What banks answered to payments."),
    File("order_answers", "order_answer", "What they answered to each payment."),
    File("bank_columns", "kept_columns", "What people said of the columns of a bank's table."),
    File(
        "stripe_accounts",
        "stripe_account",
        "Accounts of providers at Stripe.",
        {"idempotency_key": _REPEAT},
    ),
    File("stripe_transfers", "stripe_transfer", "Payments at Stripe."),
    File("stripe_reversals", "stripe_reversal", "What of them was taken back."),
    File("stripe_payouts", "stripe_payout", "What Stripe paid out to providers."),
    File("stripe_lines", "stripe_line", "Lines of our balance at Stripe."),
    File("stripe_balances", "stripe_balance", "What Stripe says that we have."),
    File("opening_balances", "opening_balance", "What the books began with."),
    File("periods", "accounting_period", "The months of the books, and who closed them."),
    File("period_closes", "period_close", "What was signed off at each close."),
    # papers, rules, and what happened
    File("papers", "paper", "Papers, and what each hangs on."),
    File(
        "paper_parts",
        "paper_part",
        "The pages of a paper; `papers/` has those in which no name stands.",
        {"blob": "Where it lies sealed in this house; the file beside is named by its id."},
    ),
    File(
        "rules",
        "rule_version",
        "What was proposed of rules and lists; `rules_in_force` says what holds, also since the"
        " beginning.",
    ),
    File("moves", "state_event", "Each move of whatever has a state."),
    File("trail", "audit_event", "Who did what, and who saw what."),
)

_COUNTED = "Counted anew from what leaves."
_DOOR = "Opens an account of this house and is of no use in another."
_KEY = "A key, wrapped by the master key, which never leaves."
_LISTED = "Its codes only: `code_lists` says what each is called."
_RUNS = "Of this machinery while it runs."
EXCUSED: Why = {
    "account_link": _DOOR,
    "answered_form": _REPEAT,
    "api_token": _DOOR,
    "audit_checkpoint": "Signs seals, which a backup has.",
    "audit_seal": "Keyed hashes over the trail, which a backup has.",
    "background_task": "Copies of files on their way in; what came of them leaves.",
    "desk_device": _DOOR,
    "house_key": _KEY,
    "identity_index": _HASH,
    "inbox_message": "Tells people of what leaves in the other files.",
    "job_run": _RUNS,
    "key_sample": _KEY,
    "known_browser": _DOOR,
    "lane_beat": _RUNS,
    "ledger_sum": _COUNTED,
    "outbox_message": "Sealed letters that wait to be sent.",
    "paper_key": _KEY,
    "passkey": _DOOR,
    "person_identity": _SEALED,
    "person_key": _KEY,
    "plan_line_delivery": _COUNTED,
    "proof_kind": _LISTED,
    "recovery_code": _DOOR,
    "rulebook_edition": _RUNS,
    "second_factor": _DOOR,
    "service_category": _LISTED,
    "sign_in_session": _DOOR,
    "stripe_event": "Says only that Stripe was asked anew; what it answered leaves.",
    "task_page": "Pages of files on their way in.",
    "try_counter": _RUNS,
    "watermark": _RUNS,
}
"""Tables that do not leave, and why."""

FILE_OF = {one.table: one.name for one in FILES}
