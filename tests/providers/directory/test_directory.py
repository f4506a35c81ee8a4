"""The directory finds providers, and a confidential place is nowhere in it."""

import pytest
from sqlalchemy import select

from providers.directory.models import Offering, Provider, Site
from providers.directory.queries import directory
from providers.directory.queries.directory import DirectoryFilter
from providers.directory.services import profiles
from providers.directory.services.profiles import Place, Profile, Terms
from providers.directory.states import Jurisdiction, OfferingState
from providers.vetting.services import vetting
from reintegration.codelists.service_categories import ServiceCategory
from reintegration.codelists.units import Unit
from reintegration.kernel.errors import Conflict, Invalid, NotPermitted
from reintegration.kernel.money import Money
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, actor
from tests.providers.makers import COUNSELLING, accepted, offering_in

TERMS = Terms("Consiliere de grup", COUNSELLING, Unit.SESSION, Money(20_000, "MDL"), ("ro",))
SECRET = ("Localitate-Canar", "str. Canar 77")


def names(session, who, **sought):
    page = directory.providers_page(session, who, DirectoryFilter(**sought), cursor=None)
    return [provider.name for provider in page]


@pytest.mark.parametrize("text", ["speranța", "SPERANTA", "Centrul S", "1003600012345"])
def test_a_provider_is_found_with_and_without_diacritics(session, cast, text):
    assert names(session, actor(session, cast.ana), search=text) == ["Centrul Speranța"]


@pytest.mark.parametrize(("of", "text"), [("site", "filiala nor"), ("name", "ședințe seara")])
def test_a_provider_is_found_by_the_names_of_its_sites_and_services(session, cast, of, text):
    offering = cast.offerings[COUNSELLING]
    offering.name = "Ședințe de seară"
    offering.site.name = "Filiala de Nord"
    session.flush()
    assert names(session, actor(session, cast.ana), search=text) == ["Centrul Speranța"]


def test_the_name_of_a_confidential_site_finds_its_provider_for_who_may_know_it(session, cast):
    site = cast.offerings[COUNSELLING].site
    site.name, site.confidential = "Casa Canar", True
    session.flush()
    for person, found in ((cast.ana, []), (cast.petru, []), (cast.vera, ["Centrul Speranța"])):
        assert names(session, actor(session, person), search="canar") == found


def test_a_percent_sign_finds_only_itself(session, cast):
    assert names(session, actor(session, cast.ana), search="%") == []


def test_pages_go_on_by_name_and_back(session, cast):
    officer = actor(session, cast.vera)
    for number in range(60):
        profile = Profile(f"Prestator {number:02}", "x", f"X-{number}", Jurisdiction.LEFT_BANK)
        profiles.add_provider(session, actor=officer, profile=profile, now=NOW)
    seen, cursor = [], None
    while True:
        page = directory.providers_page(session, officer, DirectoryFilter(), cursor=cursor)
        seen += [provider.name for provider in page]
        if page.older is None:
            break
        cursor = page.older
    assert len(seen) == len(set(seen)) == 62
    back = directory.providers_page(session, officer, DirectoryFilter(), cursor=page.newer)
    assert [one.name for one in back] == seen[25:50]


@pytest.fixture
def hidden(session, cast):
    site = session.get(Site, cast.other_offerings[COUNSELLING].site_id)
    site.confidential, site.place.territorial_unit = True, "MD-SO"
    site.place.locality, site.place.address = SECRET
    session.flush()
    return site


@pytest.mark.parametrize("who", ["ana", "sergiu", "petru", "maria", "corina"])
def test_a_confidential_place_is_told_to_nobody(session, cast, hidden, sign_in, who):
    work = make_casework(session, cast)
    session.commit()
    browser = sign_in(getattr(cast, who))
    for page in (
        "/providers/",
        "/providers/?unit=MD-SO",
        f"/providers/{cast.other_provider.id}",
        f"/providers/match/{work.line.id}",
        "/providers/mine",
    ):
        text = browser.get(page).text
        assert not any(secret in text for secret in SECRET)


def test_a_district_does_not_betray_a_confidential_place(session, cast, hidden):
    assert names(session, actor(session, cast.ana), unit="MD-SO") == []
    assert names(session, actor(session, cast.vera), unit="MD-SO") == ["Casa Albă"]


def test_officers_and_the_provider_itself_read_the_place(session, cast, hidden):
    for who in (cast.vera,):
        place = directory.places(session, actor(session, who), cast.other_provider)[0]
        assert (place.locality, place.address) == SECRET


def test_the_place_is_told_once_the_provider_has_accepted_ones_own_case(session, cast):
    site = session.get(Site, cast.offerings[COUNSELLING].site_id)
    site.confidential, site.place.locality = True, SECRET[0]
    accepted(session, cast, make_casework(session, cast))
    mine = directory.places(session, actor(session, cast.ana), cast.provider)[0]
    other = directory.places(session, actor(session, cast.calin), cast.provider)[0]
    assert (mine.locality, other.locality) == (SECRET[0], "")


def test_a_manager_drafts_and_submits_a_service(session, cast):
    manager = actor(session, cast.maria)
    site = session.get(Site, cast.offerings[COUNSELLING].site_id)
    offering = profiles.draft_offering(session, site, actor=manager, terms=TERMS, now=NOW)
    vetting.submit(session, offering, actor=manager, now=NOW)
    assert (offering.state, offering.submitted_by) == (OfferingState.SUBMITTED, cast.maria.id)


def test_a_service_without_languages_cannot_be_submitted(session, cast):
    offering = offering_in(session, cast, OfferingState.DRAFT, languages=[])
    with pytest.raises(Invalid):
        vetting.submit(session, offering, actor=actor(session, cast.maria), now=NOW)


@pytest.mark.parametrize(
    "state", [OfferingState.SUBMITTED, OfferingState.PENDING_APPROVAL, OfferingState.APPROVED]
)
def test_what_is_looked_at_or_approved_does_not_change(session, cast, state):
    offering = offering_in(session, cast, state)
    with pytest.raises(Conflict):
        profiles.edit_offering(
            session, offering, actor=actor(session, cast.maria), terms=TERMS, now=NOW
        )


def test_there_are_never_fewer_places_than_are_taken(session, cast):
    offering = cast.offerings[COUNSELLING]
    offering.places_taken = 3
    session.flush()
    with pytest.raises(Invalid):
        profiles.set_capacity(
            session, offering, actor=actor(session, cast.maria), capacity=2, lead_days=0, now=NOW
        )


def test_nobody_edits_another_provider(session, cast):
    site = session.get(Site, cast.other_offerings[COUNSELLING].site_id)
    with pytest.raises(NotPermitted):
        profiles.edit_site(
            session, site, actor=actor(session, cast.maria), place=Place("X", "MD-UN"), now=NOW
        )


def test_two_providers_never_share_a_number(session, cast):
    profile = Profile("Altul", "Altul SRL", cast.provider.identifier, Jurisdiction.RIGHT_BANK)
    with pytest.raises(Conflict):
        profiles.add_provider(session, actor=actor(session, cast.vera), profile=profile, now=NOW)


def test_a_manager_fills_the_forms(session, cast, sign_in):
    manager = sign_in(cast.maria)
    site = cast.offerings[COUNSELLING].site_id
    form = {
        "category": ServiceCategory.LEGAL_AID,
        "name": "Consultație",
        "unit": "hour",
        "price": "350,50",
        "currency": "MDL",
        "languages": ["ro", "ru"],
        "sex_policy": "any",
        "min_age": "0",
        "max_age": "120",
        "capacity": "",
        "lead_days": "2",
    }
    answer = manager.post(f"/providers/sites/{site}/offerings/new", data=form)
    made = session.scalar(select(Offering).where(Offering.name == "Consultație"))
    assert answer.status_code == 302
    assert (made.price_minor, made.capacity, made.lead_days) == (35_050, None, 2)


@pytest.mark.parametrize("price", ["-5", "0", "mult", "1.234", "99999999999999999999"])
def test_a_wrong_price_comes_back_with_a_word(cast, sign_in, price):
    site = cast.offerings[COUNSELLING].site_id
    form = {
        "category": "legal_aid",
        "name": "Consultație",
        "unit": "hour",
        "price": price,
        "currency": "MDL",
        "languages": ["ro"],
        "sex_policy": "any",
        "min_age": "0",
        "max_age": "120",
    }
    answer = sign_in(cast.maria).post(f"/providers/sites/{site}/offerings/new", data=form)
    assert answer.status_code in (422, 302)
    assert price == "1.234" or answer.status_code == 422


def test_the_number_of_a_provider_is_read_as_a_file_of_providers_is(session, cast, sign_in):
    vera, named = sign_in(cast.vera), {"name": "Nou", "legal_name": "Nou SRL"}
    registered = named | {"jurisdiction": "right_bank"}
    short = vera.post("/providers/new?lang=en", data=registered | {"identifier": "10036"})
    assert "An IDNO has 13 digits" in short.text
    vera.post("/providers/new", data=registered | {"identifier": "1003-600 077777"})
    assert session.scalar(select(Provider).where(Provider.identifier == "1003600077777"))


def test_an_officer_adds_a_provider(session, cast, sign_in):
    form = {"name": "Nou", "legal_name": "Nou SRL", "identifier": "77", "jurisdiction": "left_bank"}
    answer = sign_in(cast.vera).post("/providers/new", data=form)
    assert answer.status_code == 302
    assert session.scalar(select(Provider).where(Provider.identifier == "77")) is not None
