"""Who opens which page of providers; everyone else is told nothing is there, or that they may not."""

import pytest
from sqlalchemy import select

from providers.directory.states import OfferingState
from tests.factories.casework import make_casework
from tests.factories.cast import PEOPLE
from tests.providers.makers import COUNSELLING, accepted, drafted, offering_in, sent
from vouchers.payments.models.payees import PayeeAccount

DIRECTORY = {"ana", "calin", "sergiu", "vera", "victor", "petru", "alina", "radu"}
OFFICERS = {"vera", "victor"}
EDITORS = OFFICERS | {"maria"}
REQUESTS = {"rita", "corina", "maria"}
FINANCE = {"petru", "alina", "radu", "irina"}

PAGES = {
    "/providers/": DIRECTORY,
    "/providers/?q=Speranta&category=shelter&unit=MD-UN&state=approved": DIRECTORY,
    "/providers/{provider}": DIRECTORY,
    "/providers/mine": {"maria"},
    "/providers/new": OFFICERS,
    "/providers/{provider}/edit": EDITORS,
    "/providers/{provider}/sites/new": EDITORS,
    "/providers/sites/{site}/edit": EDITORS,
    "/providers/sites/{site}/offerings/new": EDITORS,
    "/providers/offerings/{draft}/edit": EDITORS,
    "/providers/offerings/{offering}/capacity": EDITORS,
    "/providers/vetting/": OFFICERS,
    "/providers/vetting/{offering}": OFFICERS,
    "/providers/vetting/{offering}/suspend": OFFICERS,
    "/providers/vetting/of/{provider}/documents/new": OFFICERS,
    "/providers/import/": OFFICERS,
    "/providers/import/template.csv": OFFICERS,
    "/payees/": FINANCE,
    "/payees/?all=1": FINANCE,
    "/payees/{account}": FINANCE | OFFICERS | {"maria", "boris"},
    "/payees/new/{provider}": {"petru", "maria"},
    "/providers/match/{line}": {"ana"},
    "/referrals/": {"ana", "calin", "sergiu"},
    "/referrals/new/{line}/{offering}": {"ana"},
    "/referrals/{drafted}/preview": {"ana"},
    "/referrals/{drafted}/change": {"ana"},
    "/referrals/{sent}": {"ana", "sergiu"},
    "/referrals/{sent}/cancel": {"ana", "sergiu"},
    "/requests/": REQUESTS | {"olga", "otilia"},
    "/requests/?state=all": REQUESTS | {"olga", "otilia"},
    "/requests/{sent}": REQUESTS,
    "/requests/{sent}/decline": {"corina", "maria"},
    "/requests/{accepted}/not-delivered": {"corina", "maria"},
}


@pytest.fixture
def there(session, cast):
    work = make_casework(session, cast)
    account = session.scalar(
        select(PayeeAccount).where(PayeeAccount.provider_id == cast.provider.id)
    )
    offering = cast.offerings[COUNSELLING]
    found = {
        "provider": cast.provider.id,
        "site": offering.site_id,
        "offering": offering.id,
        "draft": offering_in(session, cast, OfferingState.DRAFT).id,
        "account": account.id,
        "line": work.line.id,
        "drafted": drafted(session, cast, work).id,
        "sent": sent(session, cast, work).id,
        "accepted": accepted(session, cast, work).id,
    }
    session.commit()
    return found


@pytest.mark.parametrize("who", sorted(PEOPLE))
def test_each_page_opens_for_those_it_is_for(cast, sign_in, there, who):
    browser = sign_in(getattr(cast, who))
    wrong = []
    for page, readers in PAGES.items():
        status = browser.get(page.format(**there)).status_code
        if status not in ((200,) if who in readers else (403, 404)):
            wrong.append((page, status))
    assert not wrong


@pytest.mark.parametrize("who", ["ana", "sergiu", "vera", "petru", "maria", "corina", "rita"])
def test_what_is_missing_is_not_found(cast, sign_in, there, who):
    browser = sign_in(getattr(cast, who))
    nothing = dict.fromkeys(there, "00000000-0000-4000-8000-000000000000")
    for page, readers in PAGES.items():
        if "{" in page and who in readers:
            assert browser.get(page.format(**nothing)).status_code == 404


def test_what_belongs_to_another_provider_looks_missing(session, cast, sign_in, there):
    foreign = cast.other_offerings[COUNSELLING]
    manager = sign_in(cast.maria)
    for page in (
        f"/providers/{cast.other_provider.id}/edit",
        f"/providers/sites/{foreign.site_id}/edit",
        f"/providers/offerings/{foreign.id}/capacity",
        f"/payees/new/{cast.other_provider.id}",
    ):
        assert manager.get(page).status_code == 404
    for page in (
        f"/providers/offerings/{foreign.id}/submit",
        f"/providers/offerings/{foreign.id}/withdraw",
    ):
        assert manager.post(page).status_code == 404


def test_nobody_opens_a_page_without_signing_in(client, there):
    for page in PAGES:
        answer = client.get(page.format(**there))
        assert (answer.status_code, "sign-in" in answer.location) == (302, True)


def test_provider_pages_do_not_name_the_product(cast, sign_in, there):
    browser = sign_in(cast.maria)
    for page, readers in PAGES.items():
        if "maria" in readers:
            assert "Punte" not in browser.get(page.format(**there)).text


def test_todays_page_says_what_waits(cast, sign_in, there):
    assert "/requests/" in sign_in(cast.corina).get("/account/today").text
    assert sign_in(cast.vera).get("/account/today").status_code == 200
