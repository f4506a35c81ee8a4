"""A choice out of a long table: few are offered, words narrow them, and whoever is named is taken."""

from sqlalchemy import select

from reintegration.accounts.models import Organisation
from reintegration.accounts.states import OrganisationKind
from reintegration.cases.models import Consent
from reintegration.kernel.ids import new_id
from reintegration.web import offers
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY


def many_providers(session):
    """Add more providers than are offered; return the last by name."""
    made = [
        Organisation(
            id=new_id(),
            name=f"Adăpost {number:03}",
            kind=OrganisationKind.PROVIDER.value,
            created_at=NOW,
        )
        for number in range(offers.MOST + 1)
    ]
    session.add_all(made)
    session.flush()
    return made[-1]


def test_whoever_is_not_offered_is_found_by_words_and_can_be_chosen(cast, sign_in, session):
    case, last = make_casework(session, cast).case, many_providers(session)
    ana, page = sign_in(cast.ana), f"/cases/{case.id}/consent"
    assert str(last.id) not in ana.get(page).text
    narrowed = ana.get(f"{page}?q=adapost+100&lang=en").text
    assert str(last.id) in narrowed
    assert "Adăpost 000" not in narrowed
    said = {"scopes": "share_with_provider", "mode": "written", "consent_locale": "ro"}
    answer = ana.post(
        page, data=said | {"provider": str(last.id), "valid_until": TODAY.isoformat()}
    )
    assert answer.status_code == 302
    assert session.scalar(select(Consent.id).where(Consent.provider_id == last.id))


def test_nobody_is_asked_for_words_where_everybody_is_offered(cast, sign_in, session):
    page = f"/cases/{make_casework(session, cast).case.id}/consent?lang=en"
    assert "Only the first by name" not in sign_in(cast.ana).get(page).text
    many_providers(session)
    assert "Only the first by name" in sign_in(cast.ana).get(page).text
