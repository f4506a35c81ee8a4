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
WHOLES = {name: machine for name, machine in MACHINES.items() if not machine.told_by}
PARTS = {name: machine for name, machine in MACHINES.items() if machine.told_by}
PAIRS = [
    pytest.param(machine, state, move, id=f"{name}-{state}-{move}")
    for name, machine in WHOLES.items()
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
    subject = SimpleNamespace(id=new_id(), state=state)
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


@pytest.mark.parametrize("machine", PARTS.values(), ids=PARTS)
def test_a_part_moves_as_its_table_says_and_leaves_the_telling_to_its_whole(session, machine):
    assert machine.told_by in WHOLES
    for move, rule in machine.moves.items():
        for state in type(machine.initial):
            part = SimpleNamespace(id=new_id(), state=state)
            if state in rule.sources:
                machine.put(part, move)
                assert part.state == rule.target
            else:
                with pytest.raises(Conflict):
                    machine.put(part, move)
                assert part.state == state
    assert session.scalar(select(func.count()).select_from(StateEvent)) == 0


@pytest.mark.parametrize("machine", WHOLES.values(), ids=WHOLES)
def test_no_move_is_made_without_its_permission(session, monkeypatch, machine):
    monkeypatch.setattr(permissions, "permits", lambda *_: False)
    for name, move in machine.moves.items():
        subject = SimpleNamespace(id=new_id(), state=next(iter(move.sources)))
        before = subject.state
        with pytest.raises(NotPermitted):
            fire(session, machine, subject, name)
        assert subject.state == before


@pytest.mark.parametrize("machine", WHOLES.values(), ids=WHOLES)
def test_what_the_table_lacks_is_not_noted_either(session, machine):
    for move, rule in machine.moves.items():
        for state in set(type(machine.initial)) - rule.sources:
            with pytest.raises(Conflict):
                machine.note(session, new_id(), move, state, actor=SYSTEM, now=NOW)
            with pytest.raises(Conflict):
                machine.note_many(session, [(new_id(), {})], move, state, actor=SYSTEM, now=NOW)
    assert session.scalar(select(func.count()).select_from(StateEvent)) == 0


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_nothing_begins_where_its_machine_does_not(session, machine):
    for state in type(machine.initial):
        if state == machine.initial or state in machine.begins:
            continue
        subject = SimpleNamespace(id=new_id(), state=state)
        with pytest.raises(ValueError, match="begins"):
            machine.begin(session, subject, "make", actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_every_move_has_a_policy_and_every_state_can_be_reached(app, machine):
    policy = permissions.registered()
    assert [n for n, move in machine.moves.items() if move.permission not in policy] == []
    reached = {machine.initial, *machine.begins}
    waiting = deque(reached)
    while waiting:
        state = waiting.popleft()
        for move in machine.moves.values():
            if state in move.sources and move.target and move.target not in reached:
                reached.add(move.target)
                waiting.append(move.target)
    assert set(type(machine.initial)) == reached


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_a_state_that_says_who_ended_it_is_reached_by_that_side_alone(machine):
    """What one took back oneself is never the word for what another refused."""
    said = [state for state in type(machine.initial) if state.label == "Withdrawn"]
    for state in said:
        by = {move.permission for move in machine.moves.values() if move.target is state}
        assert len(by) <= 1, f"{machine.name}: {sorted(by)} all lead to “{state.label}”"
