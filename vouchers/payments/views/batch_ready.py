"""What can be put into a new batch: the checked claims of a currency, by how each payee is paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from reintegration.kernel.money import Money
from vouchers.payments.models import Claim, PayeeAccount
from vouchers.payments.queries import batches, claims
from vouchers.payments.services import rails
from vouchers.payments.services.rails import Way


@dataclass(frozen=True, slots=True)
class Ready:
    """Checked claims with what each is worth, and the account in use of each payee that has one."""

    claims: Sequence[tuple[Claim, Money]]
    accounts: dict[UUID, PayeeAccount]

    def by(self, way: Way) -> list[tuple[Claim, Money]]:
        """Return the claims that are paid this way."""
        return [one for one in self.claims if self._is_paid_by(one[0], way)]

    def listed(self, way: Way) -> list[tuple[Claim, Money]]:
        """Return the claims that are paid this way, and those whose payee has no account yet."""
        return [one for one in self.claims if not self._is_elsewhere(one[0], way)]

    def elsewhere(self, way: Way) -> list[tuple[Claim, Money]]:
        """Return the claims whose payees are paid another way."""
        return [one for one in self.claims if self._is_elsewhere(one[0], way)]

    def only_way(self, offered: Sequence[Way]) -> Way | None:
        """Return the way by which all that can be paid is paid, where there is exactly one."""
        used = [way for way in offered if self.by(way)]
        return used[0] if len(used) == 1 else None

    def _is_elsewhere(self, claim: Claim, way: Way) -> bool:
        return claim.provider_id in self.accounts and not self._is_paid_by(claim, way)

    def _is_paid_by(self, claim: Claim, way: Way) -> bool:
        account = self.accounts.get(claim.provider_id)
        return account is not None and rails.pays(way, account)


def ready(session: Session, currency: str) -> Ready:
    """Return what can be put into a batch of a currency."""
    found = claims.ready_for_payment(session, currency)
    providers = {claim.provider_id for claim, _worth in found}
    return Ready(found, batches.payable_accounts(session, providers, currency))
