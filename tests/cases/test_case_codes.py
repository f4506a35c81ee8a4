"""The code of a case is nobody else's, also where two people register at the same moment."""

from sqlalchemy.orm import Session

from reintegration.cases.services import registration
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.db import act_as


def test_what_somebody_is_about_to_take_is_taken_by_nobody_else(session, monkeypatch):
    drawn = iter(["Lăstun-1000", "Lăstun-1000", "Cuc-2000"])
    monkeypatch.setattr(registration, "new_case_code", lambda: next(drawn))
    assert registration._free_code(session) == "Lăstun-1000"
    with Session(session.get_bind()) as other:
        act_as(other, SYSTEM)
        assert registration._free_code(other) == "Cuc-2000"
