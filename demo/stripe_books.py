"""What Stripe did in the year of the demo, kept as the simulator keeps it, so that it goes on.

Its format is that of `tools/stripe_simulator/objects.py` (Books); a test loads one into it.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from reintegration.kernel.clock import local_day
from reintegration.kernel.money import Money
from vouchers.stripe_rail.objects import BalanceLine

Shown = dict[str, Any]
PLATFORM = ""
BANK_FIELD = "configuration.recipient.default_outbound_destination"
FAILURE = "account_closed"
_FIXED, _BASIS_POINTS, _BASIS = 10, 25, 10_000
_TO_BANK = timedelta(days=2)
_DAY = 86_400
_ALWAYS = 1_000_000


def new_id(prefix: str) -> str:
    """Return an id that nothing else has."""
    return f"{prefix}_{uuid4().hex[:24]}"


@dataclass
class StripeBooks:
    """Accounts, transfers, payouts and lines of balances, by their ids."""

    accounts: dict[str, Shown] = field(default_factory=dict)
    transfers: dict[str, Shown] = field(default_factory=dict)
    reversals: dict[str, Shown] = field(default_factory=dict)
    payouts: dict[str, Shown] = field(default_factory=dict)
    topups: dict[str, Shown] = field(default_factory=dict)
    balance_transactions: dict[str, Shown] = field(default_factory=dict)
    armed: list[Shown] = field(default_factory=list)

    def open(self, name: str, country: str, email: str, at: datetime) -> str:
        """Open an account that has given everything, and return its id."""
        key = new_id("acct")
        self.accounts[key] = {
            "id": key,
            "created": _stamp(at),
            "country": country,
            "entity_type": "company",
            "registered_name": name,
            "display_name": name,
            "email": email,
            "dashboard": "express",
            "currency": "eur",
            "fees_collector": "application",
            "losses_collector": "application",
            "transfers_requested": True,
            "requirements": [],
        }
        self.give_bank(key)
        return key

    def give_bank(self, account: str) -> None:
        """Let an account be paid out to a bank account that works."""
        shown = self.accounts[account]
        shown["bank"] = {"id": new_id("ba"), "country": shown["country"], "currency": "eur"}
        shown["bank"] |= {"last4": "0000", "broken": False}
        shown["requirements"] = []

    def top_up(self, amount: Money, at: datetime) -> None:
        """Add money from our bank."""
        key = new_id("tu")
        line = self._line(PLATFORM, amount.minor, "topup", key, at)
        self.topups[key] = {
            "id": key,
            "created": _stamp(at),
            "amount": amount.minor,
            "currency": "eur",
            "expected": _stamp(at),
            "status": "succeeded",
            "balance_transaction": line,
        }

    def transfer(self, amount: Money, account: str, *, order: str, group: str, at: datetime) -> str:
        """Move money to an account, and return the transfer's id."""
        key, payment = new_id("tr"), new_id("py")
        line = self._line(PLATFORM, -amount.minor, "transfer", key, at)
        self._line(account, amount.minor, "payment", payment, at)
        self.transfers[key] = {
            "id": key,
            "created": _stamp(at),
            "amount": amount.minor,
            "currency": "eur",
            "destination": account,
            "destination_payment": payment,
            "balance_transaction": line,
            "transfer_group": group,
            "metadata": {"order": order},
            "amount_reversed": 0,
        }
        self.accounts[account]["next_payout"] = _stamp(at) + _DAY
        return key

    def answer_nothing(self, *, key: str, group: str) -> None:
        """Answer no call about an order, until somebody lets it: nobody hears of its transfer."""
        for call in (f"POST /v1/transfers {key}", f"GET /v1/transfers transfer_group={group}"):
            self.armed.append({"switch": "error_before", "left": _ALWAYS, "matching": call})

    def reverse(self, transfer: str, *, key: str, at: datetime) -> str:
        """Take all of a transfer back, and return the reversal's id."""
        of, found = self.transfers[transfer], new_id("trr")
        refund = new_id("pyr")
        line = self._line(PLATFORM, of["amount"], "transfer_refund", found, at)
        self._line(of["destination"], -of["amount"], "payment_refund", refund, at)
        of["amount_reversed"] = of["amount"]
        self.reversals[found] = {
            "id": found,
            "created": _stamp(at),
            "amount": of["amount"],
            "currency": "eur",
            "transfer": transfer,
            "destination_payment_refund": refund,
            "balance_transaction": line,
            "metadata": {"reversal": key},
        }
        return found

    def pay_out(self, account: str, at: datetime) -> Shown | None:
        """Send all that an account holds to its bank; None where it holds nothing."""
        mine = [one for one in self.balance_transactions.values() if one["account"] == account]
        amount = sum(one["amount"] for one in mine)
        shown = self.accounts[account]
        shown["next_payout"] = None
        if amount <= 0:
            return None
        key = new_id("po")
        line = self._line(account, -amount, "payout", key, at)
        for one in [*mine, self.balance_transactions[line]]:
            one.setdefault("payout", key)
        fee = _FIXED + -(-amount * _BASIS_POINTS // _BASIS)
        self._line(PLATFORM, -fee, "stripe_fee", None, at, "Connect: payout fee")
        arrival = _stamp(at + _TO_BANK)
        self.payouts[key] = {
            "id": key,
            "created": _stamp(at),
            "account": account,
            "amount": amount,
            "currency": "eur",
            "destination": shown["bank"]["id"],
            "balance_transaction": line,
            "in_transit_at": _stamp(at) + 3600,
            "arrival_date": arrival - arrival % _DAY,
            "status": "pending",
        }
        return self.payouts[key]

    def arrive(self, payout: Shown) -> None:
        """Let a payout reach its bank."""
        payout["status"] = "paid"

    def fail(self, payout: Shown, at: datetime) -> None:
        """Bring a payout back; its account is asked for another bank account."""
        account = payout["account"]
        line = self._line(account, payout["amount"], "payout_failure", payout["id"], at)
        payout |= {"status": "failed", "failure_code": FAILURE}
        payout["failure_message"] = "The bank account has been closed."
        payout["failure_balance_transaction"] = line
        shown = self.accounts[account]
        shown["bank"]["broken"] = True
        shown["next_payout"] = _stamp(at) + _DAY
        shown["requirements"] = [
            {
                "description": BANK_FIELD,
                "capability": "stripe_balance.payouts",
                "deadline": "past_due",
                "error": "invalid_value_other",
                "error_words": "A payout to this bank account failed; give another one.",
                "reason": "routine_verification",
            }
        ]

    def lines(self) -> list[BalanceLine]:
        """Return the lines of our own balance."""
        return [
            _told(one) for one in self.balance_transactions.values() if one["account"] == PLATFORM
        ]

    def write(self, file: Path) -> None:
        """Write everything down, in one step."""
        beside = file.with_name(f".{file.name}")
        beside.write_text(json.dumps(vars(self), indent=1) + "\n", encoding="utf-8")
        beside.replace(file)

    def _line(
        self,
        account: str,
        amount: int,
        kind: str,
        source: str | None,
        at: datetime,
        description: str | None = None,
    ) -> str:
        key = new_id("txn")
        self.balance_transactions[key] = {
            "id": key,
            "account": account,
            "created": _stamp(at),
            "available_on": _stamp(at),
            "amount": amount,
            "currency": "eur",
            "type": kind,
            "source": source,
            "description": description,
        }
        return key


def _stamp(at: datetime) -> int:
    return int(at.timestamp())


def _told(line: Shown) -> BalanceLine:
    amount = Money(line["amount"], "EUR")
    made_at = datetime.fromtimestamp(line["created"], UTC)
    return BalanceLine(
        reference=line["id"],
        kind=line["type"],
        amount=amount,
        fee=Money.zero("EUR"),
        net=amount,
        source=line["source"] or "",
        made_at=made_at,
        available_on=local_day(made_at),
        description=line["description"] or "",
    )
