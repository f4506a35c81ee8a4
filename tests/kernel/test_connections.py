"""Connections that died while they waited are made anew before anybody notices."""

from tests.factories.cast import PASSWORD

SIGN_IN = {"email": "ana@demo.example", "password": PASSWORD}


def test_after_terminated_connections_sign_in_and_health_answer_at_once(
    client, session, cast, postgres, committed_db
):
    assert client.post("/account/sign-in", data=SIGN_IN | {"password": "wrong"}).status_code != 503
    session.rollback()
    session.get_bind().engine.dispose()
    assert client.get("/readyz").status_code == 200
    with postgres.cluster.connect_as_superuser() as connection:
        ended = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid() AND usename = 'punte_app'",
            [committed_db.name],
        ).fetchone()
    assert ended is not None
    assert ended[0] >= 1
    assert client.get("/readyz").status_code == 200
    assert client.post("/account/sign-in", data=SIGN_IN).status_code == 302
