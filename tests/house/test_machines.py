"""Every (state, move) pair of every machine: it moves, or it is refused and nothing changed."""

from collections import deque
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from reintegration.app import FEATURES
from reintegration.kernel import permissions
from reintegration.kernel.actor import SYSTEM
from reintegration.kernel.audit import AuditEvent
from reintegration.kernel.errors import Conflict, NotPermitted
from reintegration.kernel.ids import new_id
from reintegration.kernel.states import StateEvent, machines
from tests.factories.cast import NOW

for feature in FEATURES:
    import_module(feature)
MACHINES = machines()
PAIRS = [
    pytest.param(machine, state, move, id=f"{name}-{state}-{move}")
    for name, machine in MACHINES.items()
    for state in type(machine.initial)
    for move in machine.moves
]


def without_guards(machine):
    moves = {name: replace(move, guard=None) for name, move in machine.moves.items()}
    return replace(machine, moves=moves)


def fire(session, machine, subject, move):
    without_guards(machine).fire(session, subject, move, actor=SYSTEM, now=NOW, reason="because")


@pytest.mark.parametrize(("machine", "state", "move"), PAIRS)
def test_a_pair_moves_as_the_table_says_or_is_refused(session, monkeypatch, machine, state, move):
    monkeypatch.setattr(permissions, "permits", lambda *_: True)
    subject = SimpleNamespace(id=new_id(), state=state.value)
    if state in machine.moves[move].sources:
        fire(session, machine, subject, move)
        event = session.scalars(select(StateEvent)).one()
        assert subject.state == machine.target(state, move) == event.to_state
        assert (event.from_state, event.move) == (state, move)
        assert session.scalar(select(AuditEvent.action)) == f"{machine.name}:{move}"
    else:
        with pytest.raises(Conflict):
            fire(session, machine, subject, move)
        assert subject.state == state
        assert session.scalar(select(func.count()).select_from(StateEvent)) == 0
    session.rollback()


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_no_move_is_made_without_its_permission(session, monkeypatch, machine):
    monkeypatch.setattr(permissions, "permits", lambda *_: False)
    for name, move in machine.moves.items():
        subject = SimpleNamespace(id=new_id(), state=next(iter(move.sources)).value)
        before = subject.state
        with pytest.raises(NotPermitted):
            fire(session, machine, subject, name)
        assert subject.state == before


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_every_move_has_a_policy_and_every_state_can_be_reached(app, machine):
    policy = permissions.registered()
    assert [n for n, move in machine.moves.items() if move.permission not in policy] == []
    reached, waiting = {machine.initial}, deque([machine.initial])
    while waiting:
        state = waiting.popleft()
        for move in machine.moves.values():
            if state in move.sources and move.target and move.target not in reached:
                reached.add(move.target)
                waiting.append(move.target)
    assert set(type(machine.initial)) == reached
