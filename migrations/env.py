"""Migrations run as the owner of the database, with lock and statement limits."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool, text

from reintegration.kernel.base import Base


def run() -> None:
    """Apply migrations over one connection of the owner's role."""
    engine = create_engine(
        current_app.extensions["settings"].database_owner_url, poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
