"""What another value of a rule on consents would change, for whoever approves it."""

from datetime import timedelta

from sqlalchemy import select

from reintegration.cases.models import Consent
from reintegration.cases.services.consent_ends import ENDS_BEFORE
from reintegration.cases.states import CONSENT_FOR
from reintegration.kernel.dated_rules import counting
from reintegration.kernel.errors import N_

_LIVES = Consent.withdrawn_at.is_(None) & Consent.lapsed_at.is_(None)

CONSENT_FOR.preview_with(
    counting(
        N_("Consents that hold longer than that, and go on as they were given: %(count)s"),
        lambda coming, _since: select(Consent.id).where(
            _LIVES, Consent.valid_until > coming.first_day + coming.after
        ),
    )
)
ENDS_BEFORE.preview_with(
    counting(
        N_("Consents that would be told of on the first day: %(count)s"),
        lambda coming, _since: select(Consent.id).where(
            _LIVES,
            Consent.valid_until.between(
                coming.first_day, coming.first_day + timedelta(days=max(coming.after))
            ),
        ),
    )
)
