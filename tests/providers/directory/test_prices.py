"""Planning knows what approved providers ask, here and everywhere, and who would fit."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from providers.directory.models import Offering, Site, SitePlace
from providers.directory.queries.prices import prices_asked
from providers.directory.states import OfferingState
from reintegration.kernel.ids import new_id
from reintegration.kernel.money import Money
from tests.factories.cast import TODAY
from tests.plans.plan_makers import a_service, edit, submit, write_plan
from tests.providers.makers import COUNSELLING, offering_in

HERE, ELSEWHERE = "MD-UN", "MD-OR"


def in_lei(lei: int) -> Money:
    return Money(lei * 100, "MDL")


def site_in(session, cast, district, *, confidential=False):
    site = Site(
        id=new_id(),
        provider_id=cast.provider.id,
        name=f"Loc {district} {confidential}",
        confidential=confidential,
        place=SitePlace(territorial_unit=district, locality="L", address="A 1"),
    )
    session.add(site)
    session.flush()
    return site


@pytest.fixture
def offered(session, cast):
    """Ask 180, 240 and 350 lei where the person lives and elsewhere; nothing else is on offer."""
    session.execute(update(Offering).values(state=OfferingState.WITHDRAWN))
    far = site_in(session, cast, ELSEWHERE)
    made = [
        offering_in(session, cast, OfferingState.APPROVED, price_minor=lei * 100)
        for lei in (180, 240, 350)
    ]
    made[2].site_id = far.id
    session.flush()
    return made


def read(browser, address):
    return browser.get(address).text.replace("\xa0", " ")


def asked(session, district=HERE):
    return prices_asked(session, [COUNSELLING], district, TODAY)


def test_the_prices_of_live_offerings_are_said_here_and_everywhere(session, cast, offered):
    (said,) = asked(session)
    everywhere, nearby = said.everywhere, said.nearby
    assert everywhere.offerings == 3
    assert (everywhere.lowest, everywhere.middle, everywhere.highest) == (
        in_lei(180),
        in_lei(240),
        in_lei(350),
    )
    assert nearby is not None
    assert (nearby.lowest, nearby.highest, nearby.offerings) == (in_lei(180), in_lei(240), 2)


@pytest.mark.parametrize(
    "changed",
    [
        {"state": OfferingState.SUSPENDED},
        {"state": OfferingState.SUBMITTED},
        {"approved_until": TODAY - timedelta(days=1)},
    ],
)
def test_what_is_not_live_is_not_counted(session, cast, offered, changed):
    session.execute(update(Offering).where(Offering.id == offered[0].id).values(**changed))
    (said,) = asked(session)
    assert said.everywhere.lowest == in_lei(240)


def test_the_figures_of_a_district_do_not_tell_of_a_confidential_site(session, cast, offered):
    hidden = site_in(session, cast, ELSEWHERE, confidential=True)
    session.execute(
        update(Offering).where(Offering.id.in_(o.id for o in offered)).values(site_id=hidden.id)
    )
    (said,) = asked(session, ELSEWHERE)
    assert said.nearby is None
    assert said.everywhere.offerings == 3


def test_the_form_says_the_prices_beside_the_field_and_who_would_fit(
    session, cast, offered, sign_in
):
    w = write_plan(session, cast)
    session.commit()
    browser = sign_in(cast.ana)
    step = f"/cases/{w.case.id}/plan/milestones/{w.milestone.id}/lines/new"
    page = read(browser, f"{step}?category=mental_health&lang=en")
    hint = page.partition('id="unit_price-hint"')[2].partition("</div>")[0]
    assert "from 180.00 MDL to 350.00 MDL, half of them at most 240.00 MDL; 3 offerings" in hint
    assert "In Ungheni: from 180.00 MDL to 240.00 MDL" in hint
    way = f"/providers/match/steps/{w.milestone.id}?category=mental_health"
    assert way in page
    looked = read(browser, f"{way}&lang=en")
    assert "350.00 MDL" in looked
    assert "Nobody can be asked before" in looked
    assert "/referrals/new" not in looked
    assert f"/providers/match/{w.line.id}" in browser.get(f"/cases/{w.case.id}/plan").text


def test_nothing_can_be_asked_from_matching_before_the_plan_is_approved(
    session, cast, offered, sign_in
):
    w = write_plan(session, cast)
    session.commit()
    page = sign_in(cast.ana).get(f"/providers/match/{w.line.id}?lang=en").text
    assert "can be sent once the plan is approved" in page
    assert "/referrals/new" not in page
    assert sign_in(cast.calin).get(f"/providers/match/steps/{w.milestone.id}").status_code == 404


def test_a_price_below_everybodys_is_said_before_the_plan_is_sent(session, cast, offered, sign_in):
    w = write_plan(session, cast)
    session.commit()
    browser = sign_in(cast.ana)
    send = f"/cases/{w.case.id}/plan/send?lang=en"
    assert "Nobody may fit" not in browser.get(send).text
    edit(session, w, a_service(cast, price=17_900))
    session.commit()
    page = read(browser, send)
    assert "every approved provider asks more than 179.00 MDL. The lowest is 180.00 MDL." in page
    assert (
        "Nobody may fit" in browser.get(f"/cases/{w.case.id}/plan/lines/{w.line.id}?lang=en").text
    )
    assert submit(session, w) == 1


def test_a_service_that_nobody_offers_is_said_before_the_plan_is_sent(session, cast, sign_in):
    w = write_plan(session, cast)
    session.execute(update(Offering).values(state=OfferingState.WITHDRAWN))
    session.commit()
    page = sign_in(cast.ana).get(f"/cases/{w.case.id}/plan/send?lang=en").text
    assert "no approved provider offers it" in page
