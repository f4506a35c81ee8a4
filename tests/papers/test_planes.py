"""Each paper has a plane: with a name in it, it opens for the case team and for nobody else."""

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from reintegration.accounts.models import InboxMessage
from reintegration.accounts.services.actors import speak_for
from reintegration.cases.models import CaseMember
from reintegration.cases.services import consent_papers
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.db import act_as
from reintegration.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from reintegration.papers.models import Paper, PaperKey
from reintegration.papers.queries.papers import paper_or_404, papers_of
from reintegration.papers.services import opening, planes, uploading
from tests.factories.casework import make_casework
from tests.factories.cast import NOW, actor
from tests.factories.papers import make_paper
from tests.factories.payments import make_claim, make_deliveries
from vouchers.payments.services import claim_papers, claims


@pytest.fixture
def claim(session, cast):
    return make_claim(session, cast)


@pytest.fixture
def held(claim):
    return claim_papers.held_by(claim)


def opened(session, cast, who, paper):
    return opening.open_part(session, paper.parts[0], actor=actor(session, who), now=NOW)


def refused(session, cast, who, paper):
    with pytest.raises(NotPermitted):
        opened(session, cast, who, paper)
    return True


def test_without_a_name_whoever_sees_the_thing_opens_it(session, cast, held):
    paper = make_paper(session, held, cast.boris)
    for who in (cast.boris, cast.petru, cast.irina):
        assert opened(session, cast, who, paper).startswith(b"\xff\xd8")
    assert refused(session, cast, cast.oleg, paper)
    assert refused(session, cast, cast.dan, paper)


def test_with_a_name_only_the_case_team_opens_it(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=True)
    for who in (cast.ana, cast.sergiu):
        assert opened(session, cast, who, paper)
    for who in (cast.boris, cast.petru, cast.alina, cast.irina, cast.calin, cast.dan):
        assert refused(session, cast, who, paper)


def test_others_see_that_it_is_there_with_its_hash_and_who_has_seen_it(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=True)
    planes.see(session, paper, actor=actor(session, cast.ana), now=NOW)
    (shown,) = papers_of(session, actor(session, cast.petru), held)
    assert (len(shown.sha256), shown.seen_by, shown.seen_at) == (64, cast.ana.id, NOW)
    assert papers_of(session, actor(session, cast.oleg), held) == []


def test_who_leaves_the_team_opens_it_no_more(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=True)
    session.execute(
        update(CaseMember)
        .where(CaseMember.case_id == paper.case_id, CaseMember.user_id == cast.ana.id)
        .values(until=NOW)
    )
    assert refused(session, cast, cast.ana, paper)


def test_the_database_lets_the_key_of_a_named_paper_through_to_its_team_only(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=True)
    open_one = make_paper(session, held, cast.boris)
    session.commit()
    both = {paper.id, open_one.id}

    def keys(who):
        speak_for(session, who)
        return set(session.scalars(select(PaperKey.paper_id))), set(
            session.scalars(select(Paper.id))
        )

    assert keys(cast.petru) == ({open_one.id}, both)
    assert keys(cast.boris) == ({open_one.id}, both)
    assert keys(cast.ana) == ({paper.id}, {paper.id})
    assert keys(cast.oleg) == (set(), set())
    act_as(session, SYSTEM)


def test_before_the_answer_a_paper_is_its_uploaders_alone(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=None)
    assert opened(session, cast, cast.boris, paper)
    assert refused(session, cast, cast.petru, paper)
    assert refused(session, cast, cast.maria, paper)
    with pytest.raises(NotFound):
        paper_or_404(session, actor(session, cast.petru), paper.id)


def test_nothing_is_preset_and_the_database_keeps_no_unanswered_paper(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=None)
    assert paper.named is None
    with pytest.raises(IntegrityError):
        session.execute(update(Paper).where(Paper.id == paper.id).values(kept_at=NOW))


def test_a_name_of_nobodys_case_is_refused_and_the_pages_stay(session, cast):
    mixed = make_deliveries(session, cast, 1) + make_deliveries(session, cast, 1)
    claim = make_claim(session, cast, mixed)
    paper = make_paper(session, claim_papers.held_by(claim), cast.boris, named=None)
    with pytest.raises(Invalid, match="Black the name out"):
        planes.keep(session, paper, actor=actor(session, cast.boris), named=True, now=NOW)
    assert paper.is_draft
    assert paper.pages == 1


def test_the_case_manager_hears_of_a_paper_with_a_name(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=True)
    told = session.scalars(
        select(InboxMessage.user_id).where(InboxMessage.link == f"/papers/{paper.id}")
    )
    assert told.all() == [cast.ana.id]


def test_finance_says_that_a_name_stands_in_it_and_opens_it_no_more(session, cast, held):
    paper = make_paper(session, held, cast.boris)
    planes.name(session, paper, actor=actor(session, cast.petru), now=NOW)
    assert refused(session, cast, cast.petru, paper)
    assert opened(session, cast, cast.ana, paper)


def test_an_auditor_reads_and_changes_nothing(session, cast, held):
    paper = make_paper(session, held, cast.boris)
    with pytest.raises(NotPermitted):
        planes.name(session, paper, actor=actor(session, cast.irina), now=NOW)
    with pytest.raises(NotPermitted):
        planes.remove(session, paper, actor=actor(session, cast.irina), now=NOW)


def test_the_team_says_that_the_name_is_gone_and_finance_opens_it(session, cast, held):
    paper = make_paper(session, held, cast.boris, named=True)
    assert refused(session, cast, cast.petru, paper)
    planes.free(session, paper, actor=actor(session, cast.ana), now=NOW)
    assert opened(session, cast, cast.petru, paper)


def test_every_opening_leaves_a_row_with_who_and_which_page(session, cast, held):
    paper = make_paper(session, held, cast.boris)
    session.commit()
    for who in (cast.petru, cast.petru, cast.irina):
        opened(session, cast, who, paper)
    rows = session.scalars(select(AuditEvent).where(AuditEvent.action == "paper:open")).all()
    assert sorted(str(row.actor_id) for row in rows) == sorted(
        str(one.id) for one in (cast.petru, cast.petru, cast.irina)
    )
    assert {(row.subject_id, row.data["part"]) for row in rows} == {
        (paper.id, str(paper.parts[0].id))
    }


def test_a_decided_claim_takes_and_loses_no_paper(session, cast):
    claim = make_claim(session, cast)
    paper = make_paper(session, claim_papers.held_by(claim), cast.boris)
    claims.withdraw(session, claim, actor=actor(session, cast.boris), now=NOW)
    boris = actor(session, cast.boris)
    with pytest.raises(Conflict, match="decided"):
        planes.remove(session, paper, actor=boris, now=NOW)
    with pytest.raises(Conflict, match="decided"):
        uploading.begin(session, claim_papers.held_by(claim), actor=boris, files=[], now=NOW)


def test_a_consents_form_is_of_the_case_whatever_stands_in_it(session, cast):
    work = make_casework(session, cast)
    paper = make_paper(session, consent_papers.held_by(work.consent), cast.ana, named=False)
    assert paper.case_id == work.case.id
    assert opened(session, cast, cast.sergiu, paper)
    for who in (cast.calin, cast.petru, cast.irina):
        assert refused(session, cast, who, paper)


def test_nobody_frees_or_confirms_what_is_of_the_case_anyway(session, cast):
    work = make_casework(session, cast)
    paper = make_paper(session, consent_papers.held_by(work.consent), cast.ana, named=True)
    for act in (planes.free, planes.see):
        with pytest.raises(NotPermitted):
            act(session, paper, actor=actor(session, cast.ana), now=NOW)


def test_a_stranger_adds_no_paper(session, cast, held):
    for who in (cast.oleg, cast.petru, cast.ana, cast.rita):
        with pytest.raises(NotPermitted):
            make_paper(session, held, who)


def test_the_application_cannot_make_an_unnamed_paper_of_a_strangers_claim(session, cast, held):
    paper = make_paper(session, held, cast.boris)
    session.commit()
    whole, oleg = select(func.count()).select_from(Paper).where(Paper.id == paper.id), cast.oleg
    speak_for(session, oleg)
    session.execute(delete(Paper))
    with pytest.raises(ProgrammingError):
        session.execute(
            Paper.__table__.insert().values(
                id=oleg.id,
                about="claim",
                about_id=held.about_id,
                named=False,
                kept_at=NOW,
                put_at=NOW,
            )
        )
    session.rollback()
    act_as(session, SYSTEM)
    assert session.scalar(whole) == 1
