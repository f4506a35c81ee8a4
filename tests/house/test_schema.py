"""The newest migration and the models say the same; the laws stand in the database."""

import re
from importlib import import_module

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from reintegration.app import FEATURES
from reintegration.kernel.base import Base
from reintegration.kernel.coded import Kept, codes_of
from reintegration.kernel.db import act_as
from tests.house.reads import READS

for feature in FEATURES:
    import_module(feature)
PLANES = tuple(READS)


def test_head_equals_models(app, committed_db):
    engine = create_engine(committed_db.owner_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert difference == []


def held(session):
    """Return what each CHECK of the database holds a column to: its values by its name."""
    listed = session.execute(
        text("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'")
    )
    return {name: set(re.findall(r"'([^']*)'::text", told)) for name, told in listed}


CODED = [
    pytest.param(column, id=f"{table.name}.{column.name}")
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if codes_of(column) is not None
]


@pytest.mark.parametrize("column", CODED)
def test_a_coded_column_is_held_to_the_members_of_its_enumeration(session, column):
    assert held(session)[f"ck_{column.table.name}_{column.name}"] == set(codes_of(column).stored)


KEPT = [
    pytest.param(column, id=f"{table.name}.{column.name}")
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Kept)
]


@pytest.mark.parametrize("column", KEPT)
def test_a_column_of_a_kept_list_points_at_its_codes_and_every_row_was_looked_at(session, column):
    found = session.execute(
        text(
            "SELECT confrelid::regclass::text, convalidated FROM pg_constraint WHERE conname = :n"
        ),
        {"n": f"fk_{column.table.name}_{column.name}"},
    ).one()
    assert tuple(found) == (column.type.codes.kept_in, True)


def test_each_kept_list_has_its_codes_in_its_table(session):
    for codes in {param.values[0].type.codes for param in KEPT}:
        stored = session.scalars(text(f"SELECT code FROM {codes.kept_in}")).all()
        assert set(stored) == set(codes), codes


def test_the_application_is_neither_owner_nor_above_row_level_security(session):
    owns, above = session.execute(
        text(
            "SELECT pg_get_userbyid(datdba) = current_user, rolsuper OR rolbypassrls"
            " FROM pg_database, pg_roles WHERE datname = current_database()"
            " AND rolname = current_user"
        )
    ).one()
    assert (owns, above) == (False, False)


def test_every_table_of_the_planes_has_row_level_security(session):
    open_tables = session.scalars(
        text(
            "SELECT relname FROM pg_class WHERE relname = ANY(:names)"
            " AND relnamespace = 'public'::regnamespace AND NOT relrowsecurity"
        ),
        {"names": list(PLANES)},
    ).all()
    assert open_tables == []


def test_no_policy_reads_a_list_where_it_can_ask_by_key(session):
    """`IN (SELECT …)` in the policy of one table made every page 196 times slower."""
    said = session.execute(
        text("SELECT tablename, coalesce(qual, '') || coalesce(with_check, '') FROM pg_policies")
    ).all()
    assert len(said) > len(PLANES)
    lists = {name for name, rule in said if re.search(r"(IN|ANY|ALL) \(+\s*SELECT", rule)}
    assert lists == set()


def test_a_transaction_without_an_actor_sees_no_row_of_the_planes(session, cast, committed_db):
    engine = create_engine(committed_db.url)
    with engine.connect() as connection:
        for table in PLANES:
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table
    engine.dispose()


@pytest.mark.parametrize(
    "table", ["audit_event", "state_event", "ledger_entry", "ledger_line", "period_close"]
)
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_nobody_changes_what_is_append_only(session, cast, committed_db, table, change):
    with (
        psycopg.connect(_plain(committed_db.owner_url)) as owner,
        pytest.raises(psycopg.errors.IntegrityConstraintViolation),
    ):
        owner.execute(change.format(table))
    with pytest.raises(DBAPIError):
        session.execute(text(change.format(table)))
    session.rollback()


def test_an_entry_that_does_not_balance_is_refused_at_commit(session, cast):
    line = session.execute(text("SELECT entry_id, currency FROM ledger_line LIMIT 1")).one()
    session.execute(
        text(
            "INSERT INTO ledger_line (entry_id, account, currency, debit_minor, credit_minor)"
            " VALUES (:entry, '1110', :currency, 1, 0)"
        ),
        {"entry": line.entry_id, "currency": line.currency},
    )
    with pytest.raises(DBAPIError, match="does not balance"):
        session.commit()
    session.rollback()


def test_an_actor_is_not_carried_over_by_a_pooled_connection(app, session, cast):
    from tests.factories.cast import actor

    act_as(session, actor(session, cast.irina))
    session.commit()
    assert session.scalar(text("SELECT count(*) FROM ledger_entry")) > 0
    act_as(session, actor(session, cast.rita))
    session.commit()
    assert session.scalar(text("SELECT count(*) FROM ledger_entry")) == 0


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")
