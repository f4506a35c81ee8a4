"""Every page of providers opens for those it is for, and looks missing to everyone else."""

from providers.queries.matching import LineWithCase
from providers.services import referrals
from providers.services.disclosure import Asked
from reintegration.kernel.vocabulary import ServiceCategory
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, TODAY, actor


def test_smoke(session, cast, sign_in):
    work = make_casework(session, cast)
    found = LineWithCase(work.line, work.case)
    offering = cast.offerings[ServiceCategory.MENTAL_HEALTH]
    draft = referrals.draft(
        session,
        actor=actor(session, cast.ana),
        found=found,
        offering=offering,
        asked=Asked(3, TODAY, "dimineața"),
        now=NOW,
    )
    session.commit()
    sent = referrals.draft(
        session,
        actor=actor(session, cast.ana),
        found=found,
        offering=offering,
        asked=Asked(3, TODAY, "dimineața"),
        now=NOW,
    )
    referrals.send(session, sent, actor=actor(session, cast.ana), found=found, now=NOW)
    from sqlalchemy import select

    from providers.models import PayeeAccount

    acc = session.scalar(select(PayeeAccount).where(PayeeAccount.provider_id == cast.provider.id))
    p = cast.provider.id
    session.commit()
    site = offering.site_id
    urls = {
        "ana": [
            "/account/today",
            "/providers/",
            f"/providers/{p}",
            f"/providers/match/{work.line.id}",
            "/referrals/",
            f"/referrals/{draft.id}/preview",
            f"/referrals/{sent.id}",
            f"/referrals/{draft.id}/change",
            f"/referrals/{sent.id}/cancel",
            f"/referrals/new/{work.line.id}/{offering.id}",
        ],
        "vera": [
            "/account/today",
            "/providers/?q=sper&category=shelter&unit=MD-UN&state=approved",
            f"/providers/{p}",
            "/providers/new",
            f"/providers/{p}/edit",
            f"/providers/{p}/sites/new",
            f"/providers/sites/{site}/edit",
            f"/providers/sites/{site}/offerings/new",
            f"/providers/offerings/{offering.id}/edit",
            f"/providers/offerings/{offering.id}/capacity",
            "/providers/vetting/",
            "/providers/vetting/?state=approved",
            f"/providers/vetting/{offering.id}",
            f"/providers/vetting/{offering.id}/suspend",
            f"/providers/vetting/of/{p}/documents/new",
            "/providers/import/",
            "/providers/import/template.csv",
        ],
        "petru": [
            "/account/today",
            "/payees/",
            "/payees/?all=1",
            f"/payees/{acc.id}",
            f"/payees/new/{p}",
            f"/providers/{p}",
        ],
        "maria": [
            "/account/today",
            "/providers/mine",
            f"/providers/{p}/edit",
            f"/providers/sites/{site}/edit",
            f"/payees/{acc.id}",
            f"/payees/new/{p}",
            "/requests/",
            f"/requests/{sent.id}",
            f"/requests/{sent.id}/decline",
        ],
        "rita": ["/requests/", f"/requests/{sent.id}"],
    }
    bad = []
    for who, pages in urls.items():
        browser = sign_in(getattr(cast, who))
        for url in pages:
            answer = browser.get(url)
            if answer.status_code != 200:
                bad.append((who, url, answer.status_code))
    assert not bad
