"""The embedded PostgreSQL, on real servers in temporary folders."""

import base64
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from reintegration.operations import embedded
from reintegration.operations.embedded import Cluster

OWNER = ("an_owner", "the owner's; pass/word")
APP = ("an_app", "p@ss:word")


@pytest.fixture
def cluster(open_folder: Path) -> Iterator[Cluster]:
    """Return a started cluster."""
    made = Cluster(open_folder / "postgres")
    made.start()
    yield made
    made.stop("immediate")


@pytest.fixture(scope="module")
def shared() -> Iterator[Cluster]:
    """Return a started cluster for the tests that leave it as it was."""
    with tempfile.TemporaryDirectory(prefix="punte-test-", ignore_cleanup_errors=True) as name:
        made = Cluster(Path(name))
        made.start()
        yield made
        made.stop("immediate")


def connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def shown(cluster: Cluster, setting: str) -> object:
    with cluster.connect_as_superuser() as connection:
        row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
    assert row is not None
    return row[0]


def postmaster_pid(cluster: Cluster) -> int:
    return int((cluster.place.data / "postmaster.pid").read_text().splitlines()[0])


def becomes_false(question: Callable[[], bool], seconds: float = 20.0) -> bool:
    give_up = time.monotonic() + seconds
    while question() and time.monotonic() < give_up:
        time.sleep(0.05)
    return not question()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("password_encryption", "scram-sha-256"),
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
    ],
)
def test_the_default_server_is_safe(shared: Cluster, setting: str, value: str) -> None:
    assert shown(shared, setting) == value


def test_the_socket_folder_is_private(shared: Cluster) -> None:
    assert stat.S_IMODE(shared.place.sockets.stat().st_mode) == 0o700


def test_a_wrong_password_is_refused(shared: Cluster) -> None:
    shared.create_roles_and_database("one", owner=OWNER, app=APP)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(shared.url("an_app", "one", "wrong"))


def test_the_application_may_not_create_tables(shared: Cluster) -> None:
    shared.create_roles_and_database("one", owner=OWNER, app=APP)
    with (
        connect(shared.url(APP[0], "one", APP[1])) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine (id int)")


def test_the_owner_may_create_tables(shared: Cluster) -> None:
    shared.create_roles_and_database("one", owner=OWNER, app=APP)
    with connect(shared.url(OWNER[0], "one", OWNER[1])) as connection:
        connection.execute("CREATE TABLE ours (id int)")


def test_no_role_escapes_row_level_security(shared: Cluster) -> None:
    shared.create_roles_and_database("one", owner=OWNER, app=APP)
    with shared.connect_as_superuser() as connection:
        rows = connection.execute(
            "SELECT rolname FROM pg_roles WHERE (rolsuper OR rolbypassrls) AND rolcanlogin"
        ).fetchall()
    assert rows == [("postgres",)]


def test_creating_roles_again_takes_up_a_new_password(shared: Cluster) -> None:
    shared.create_roles_and_database("one", owner=OWNER, app=APP)
    shared.create_roles_and_database("one", owner=OWNER, app=(APP[0], "new"))
    with connect(shared.url(APP[0], "one", "new")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_second_owner_is_refused_and_the_first_keeps_running(cluster: Cluster) -> None:
    second = Cluster(cluster.data_dir)
    with pytest.raises(embedded.ClusterBusyError, match=f"process {os.getpid()}"):
        second.start()
    second.stop()
    assert cluster.running()


def test_a_stopped_cluster_starts_again_with_its_data(cluster: Cluster) -> None:
    cluster.create_roles_and_database("one", owner=OWNER, app=APP)
    cluster.stop()
    assert not cluster.running()
    cluster.start()
    with connect(cluster.url(APP[0], "one", APP[1])) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_what_was_committed_survives_a_killed_postmaster(cluster: Cluster) -> None:
    cluster.create_roles_and_database("one", owner=OWNER, app=APP)
    with connect(cluster.url(OWNER[0], "one", OWNER[1])) as connection:
        connection.execute("CREATE TABLE ours AS SELECT 7 AS number")
        os.kill(postmaster_pid(cluster), signal.SIGKILL)
        cluster.start()
    with connect(cluster.url(OWNER[0], "one", OWNER[1])) as connection:
        assert connection.execute("SELECT number FROM ours").fetchone() == (7,)


def test_a_pid_file_whose_number_belongs_to_another_program_does_not_stop_the_start(
    cluster: Cluster,
) -> None:
    cluster.stop()
    stale = cluster.place.data / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{cluster.place.data}\n0\n5432\n\n\n0 0\nready\n")
    cluster.place.give(stale)
    assert not cluster.running()
    cluster.start()
    assert cluster.running()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_the_server_ends_when_its_owner_is_killed(open_folder: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from reintegration.operations.embedded import Cluster;"
        "Cluster(Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(600)"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", program, str(open_folder / "postgres")], stdout=subprocess.PIPE
    )
    with owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        cluster = Cluster(open_folder / "postgres")
        assert cluster.running()
        owner.kill()
    assert becomes_false(cluster.running)


def test_a_server_that_an_earlier_owner_left_behind_is_taken_over(cluster: Cluster) -> None:
    left_behind = postmaster_pid(cluster)
    cluster._release_lock()  # as if the owner had died and the server lived on
    heir = Cluster(cluster.data_dir)
    heir.start()
    assert not cluster.running()
    assert postmaster_pid(heir) != left_behind
    heir.stop("immediate")


def test_a_set_up_that_was_killed_half_way_starts_afresh(open_folder: Path) -> None:
    cluster = Cluster(open_folder / "postgres")
    half = cluster.place.home / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    cluster.ensure_initialised()
    assert (cluster.place.data / "global" / "pg_control").exists()


def test_a_folder_with_a_long_name_gets_a_short_socket_path(open_folder: Path) -> None:
    deep = open_folder / ("very-long-name-" * 6)
    deep.mkdir(mode=0o755)
    cluster = Cluster(deep / "postgres")
    assert len(str(cluster.place.sockets)) < 90
    assert Cluster(deep / "postgres").place.sockets == cluster.place.sockets
    cluster.start()
    cluster.stop("immediate")
    if cluster.place.sockets.parent != cluster.place.home:
        cluster.place.sockets.rmdir()


def test_secrets_are_made_once_and_are_private(open_folder: Path) -> None:
    first = embedded.environment(open_folder)
    assert embedded.environment(open_folder) == first
    assert stat.S_IMODE((open_folder / "secrets.json").stat().st_mode) == 0o600


def test_the_master_key_has_32_bytes(open_folder: Path) -> None:
    assert len(base64.b64decode(embedded.environment(open_folder)["PUNTE_MASTER_KEY"])) == 32


def test_processes_that_make_the_secrets_at_once_agree(open_folder: Path) -> None:
    program = (
        "import sys, json; from pathlib import Path; from reintegration.operations import embedded;"
        "print(json.dumps(embedded.environment(Path(sys.argv[1]))))"
    )
    racers = [
        subprocess.Popen([sys.executable, "-c", program, str(open_folder)], stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    answers = [json.loads(racer.communicate()[0]) for racer in racers]
    assert all(answer == answers[0] for answer in answers)


def test_a_database_that_is_not_running_is_explained(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(psycopg.OperationalError) as caught:
        connect(embedded.environment(open_folder)["DATABASE_URL"])
    assert "make run" in (embedded.explain_connection_error(caught.value, open_folder) or "")


def test_other_errors_are_not_explained_away(open_folder: Path) -> None:
    error = psycopg.OperationalError("password authentication failed")
    assert embedded.explain_connection_error(error, open_folder) is None
