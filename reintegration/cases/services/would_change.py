"""What another value of a rule on cases would change, for whoever approves it."""

from datetime import timedelta

from sqlalchemy import select

from reintegration.cases.models import CaseFile, Consent
from reintegration.cases.services.consent_ends import ENDS_BEFORE
from reintegration.cases.states import CONSENT_FOR, CaseState
from reintegration.codelists import spoken_languages
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
spoken_languages.speaking(
    N_("People in open cases who speak it, and keep it: %(count)s"),
    N_("People in open cases who speak it, and keep it: fewer than %(count)s"),
    lambda coming: select(CaseFile.id).where(
        CaseFile.language == coming.entry, CaseFile.state != CaseState.CLOSED
    ),
)
