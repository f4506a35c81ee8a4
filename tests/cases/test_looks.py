"""Whoever opens a case, its notes, needs, plan or print leaves a row in the trail."""

import pytest
from sqlalchemy import select

from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.db import act_as
from tests.factories.casework import make_casework


def looks(session):
    session.rollback()
    act_as(session, SYSTEM)
    rows = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "case:read").order_by(AuditEvent.id)
    )
    return [(row.actor_id, row.case_id, *row.fields) for row in rows]


@pytest.fixture
def case(session, cast):
    found = make_casework(session, cast).case
    session.commit()
    return found


@pytest.mark.parametrize("path", ["", "/notes", "/needs", "/plan", "/plan/print", "/team"])
def test_each_look_is_kept_with_who_and_which_page(session, cast, case, sign_in, path):
    ana = sign_in(cast.ana)
    case_id = case.id
    for times in (1, 2):
        assert ana.get(f"/cases/{case_id}{path}").status_code == 200
        found = looks(session)
        assert len(found) == times
        assert {one[:2] for one in found} == {(cast.ana.id, case_id)}
        assert len({one[2] for one in found}) == 1


def test_who_may_not_look_leaves_no_row(session, cast, case, sign_in):
    address = f"/cases/{case.id}/notes"
    assert sign_in(cast.calin).get(address).status_code == 404
    assert looks(session) == []


def test_a_look_stays_though_the_page_failed(session, cast, case, sign_in, monkeypatch):
    from reintegration.cases.views import notes

    ana, address = sign_in(cast.ana), f"/cases/{case.id}/notes"
    monkeypatch.setattr(notes, "render_template", lambda *_args, **_more: 1 / 0)
    assert ana.get(address).status_code == 500
    assert len(looks(session)) == 1


def test_no_page_of_a_case_is_opened_without_a_trace(app):
    silent = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and rule.rule.startswith("/cases/<uuid:case_id>")
        if app.view_functions[rule.endpoint].leaves != "case:read"
    }
    assert silent == set()
