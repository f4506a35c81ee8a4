"""Where a confidential site is, is read in the database by those who may know it, and nobody else.

Everything here is asked of the table itself, past every page and filter of ours.
"""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from providers.directory.models import Site, SitePlace
from providers.referrals.queries.matching import LineWithCase, candidates, request_of
from providers.referrals.services import referrals
from providers.referrals.services.matching import match
from reintegration.cases.models import CaseMember
from reintegration.kernel.actor import ANONYMOUS, OPERATOR, SYSTEM
from reintegration.kernel.db import act_as
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, PEOPLE, TODAY, actor
from tests.factories.vouchers import living_voucher
from tests.providers.makers import COUNSELLING, accepted, sent

KEEPERS = {"vera", "victor", "maria"}
"""Officers, and the manager of the provider whose site it is."""
TEAM = {"ana", "sergiu"}
DIRECTORY = TEAM | {"calin", "vera", "victor", "petru", "alina", "radu"}
"""Who reads what providers offer. Of providers, nobody reads of another."""
EVERYBODY = sorted(PEOPLE)


@pytest.fixture
def shelter(session, cast):
    """The confidential site of Maria's provider."""
    site = cast.offerings[COUNSELLING].site
    site.name = "Casa"
    return mark(session, site, confidential=True)


def mark(session, site, *, confidential):
    site.confidential = confidential
    session.flush()
    return site


def addresses(session, site, who):
    act_as(session, who)
    read = text("SELECT address FROM site_place WHERE site_id = :site")
    found = session.scalars(read, {"site": site}).all()
    act_as(session, SYSTEM)
    return found


def readers(session, cast, site):
    """Return who reads where a site is."""
    return {
        name
        for name in EVERYBODY
        if addresses(session, site.id, actor(session, getattr(cast, name))) == ["str. Exemplu 1"]
    }


def test_where_a_confidential_site_is_only_officers_and_its_manager_read(session, cast, shelter):
    assert readers(session, cast, shelter) == KEEPERS


def test_a_request_reveals_nothing_before_it_is_accepted(session, cast, shelter):
    sent(session, cast, make_casework(session, cast))
    assert readers(session, cast, shelter) == KEEPERS


def test_the_team_of_a_case_that_was_accepted_reads_where_to_go(session, cast, shelter):
    accepted(session, cast, make_casework(session, cast))
    assert readers(session, cast, shelter) == KEEPERS | TEAM


def test_whoever_has_left_the_team_reads_it_no_more(session, cast, shelter):
    work = make_casework(session, cast)
    accepted(session, cast, work)
    session.get(CaseMember, (work.case.id, cast.ana.id)).until = NOW
    session.flush()
    assert readers(session, cast, shelter) == KEEPERS | {"sergiu"}


def test_when_the_stay_is_over_the_team_reads_it_no_more(session, cast, shelter):
    referral = accepted(session, cast, make_casework(session, cast))
    corina = actor(session, cast.corina)
    referrals.start(session, referral, actor=corina, now=NOW)
    assert readers(session, cast, shelter) == KEEPERS | TEAM
    referrals.complete(session, referral, actor=corina, now=NOW)
    assert readers(session, cast, shelter) == KEEPERS


def test_one_site_that_accepted_somebody_reveals_no_other(session, cast, shelter):
    accepted(session, cast, make_casework(session, cast))
    other = mark(session, cast.other_offerings[COUNSELLING].site, confidential=True)
    assert readers(session, cast, other) == {"vera", "victor"}


def test_where_any_other_site_is_everybody_reads_who_reads_the_directory(session, cast):
    assert readers(session, cast, cast.offerings[COUNSELLING].site) == DIRECTORY | {"maria"}


def test_a_site_that_becomes_confidential_is_hidden_at_once_and_shown_again_after(session, cast):
    site = mark(session, cast.offerings[COUNSELLING].site, confidential=True)
    assert "petru" not in readers(session, cast, site)
    mark(session, site, confidential=False)
    assert "petru" in readers(session, cast, site)


@pytest.mark.parametrize(("who", "seen"), [(SYSTEM, 1), (OPERATOR, 1), (ANONYMOUS, 0)])
def test_jobs_and_commands_read_every_place_and_nobody_unknown_reads_one(
    session, shelter, who, seen
):
    assert len(addresses(session, shelter.id, who)) == seen


@pytest.mark.parametrize("name", EVERYBODY)
def test_only_its_keepers_change_where_a_site_is(session, cast, shelter, name):
    accepted(session, cast, make_casework(session, cast))
    act_as(session, actor(session, getattr(cast, name)))
    for change in (
        "UPDATE site_place SET address = 'x' WHERE site_id = :site",
        "DELETE FROM site_place WHERE site_id = :site",
    ):
        changed = session.execute(text(change), {"site": shelter.id}).rowcount
        assert changed == (name in KEEPERS), change


@pytest.mark.parametrize("name", ["ana", "petru", "rita", "otilia"])
def test_nobody_else_adds_where_a_site_is(session, cast, name):
    bare = Site(provider_id=cast.provider.id, name="Nou")
    session.add(bare)
    session.flush()
    act_as(session, actor(session, getattr(cast, name)))
    session.add(SitePlace(site_id=bare.id, territorial_unit="MD-UN"))
    with pytest.raises(DBAPIError, match="row-level security"):
        session.flush()
    session.rollback()


def test_no_page_looks_through_addresses(session, cast, shelter, sign_in):
    session.commit()
    for name in sorted(DIRECTORY):
        browser = sign_in(getattr(cast, name))
        assert cast.provider.name not in browser.get("/providers/?q=Exemplu").text
        assert cast.provider.name in browser.get("/providers/?q=Speran").text


def test_an_unsafe_place_is_left_out_even_where_nobody_may_know_it(session, cast, shelter):
    work = make_casework(session, cast)
    work.case.excluded_units = ["MD-UN"]
    session.commit()
    ana = actor(session, cast.ana)
    assert addresses(session, shelter.id, ana) == []
    act_as(session, ana)
    request = request_of(LineWithCase(work.line, work.case), units=1, today=TODAY)
    found = candidates(session, category=COUNSELLING, case_id=work.case.id)
    excluded = match(request, found, today=TODAY).excluded
    codes = {one.candidate.site_name: [said.code for said in one.findings] for one in excluded}
    assert codes == {"Casa": ["place_excluded"], "Sediu": ["place_excluded"]}
    assert session.scalar(select(SitePlace).where(SitePlace.site_id == shelter.id)) is None


@pytest.mark.parametrize("confidential", [True, False])
def test_a_voucher_says_where_to_go_unless_nobody_may_read_it_there(
    session, cast, sign_in, confidential
):
    mark(session, cast.offerings[COUNSELLING].site, confidential=confidential)
    voucher = living_voucher(session, cast).voucher
    session.commit()
    page = sign_in(cast.ana).get(f"/vouchers/{voucher.id}/print")
    assert ("str. Exemplu 1" in page.text) is not confidential
