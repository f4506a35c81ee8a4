"""The continuous archive of the operating guide brings a database back to a moment."""

import shutil
import subprocess
import time

import pytest

from reintegration.operations.embedded import Cluster, tool
from reintegration.operations.embedded.cluster import SUPERUSER

pytestmark = pytest.mark.deep


def ask(cluster, statement, *values):
    with cluster.connect_as_superuser() as connection:
        cursor = connection.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def base_backup(cluster, folder):
    subprocess.run(
        [
            *(tool("pg_basebackup"), "-D", str(folder), "-X", "none", "-c", "fast"),
            *("-h", str(cluster.place.sockets), "-U", SUPERUSER, "--no-password"),
        ],
        env={"PGPASSWORD": cluster.superuser_password()},
        check=True,
        capture_output=True,
    )


def test_what_was_committed_before_a_moment_is_there_and_what_came_after_is_not(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archiving")
    for part in (folder, *folder.parents[:3]):
        part.chmod(0o755)  # the server may run as another user than this test
    archive = folder / "archive"
    archive.mkdir()
    archive.chmod(0o777)
    settings = {
        "archive_mode": "on",
        "archive_command": f"test ! -f {archive}/%f && cp %p {archive}/%f",
        "archive_timeout": "60",
    }
    running = Cluster(folder / "postgres", settings=settings)
    running.start()
    try:
        ask(running, "CREATE TABLE told (word text)")
        base_backup(running, folder / "base")
        ask(running, "INSERT INTO told VALUES ('before')")
        time.sleep(1.1)
        [(moment,)] = ask(running, "SELECT now()::text")
        time.sleep(1.1)
        ask(running, "INSERT INTO told VALUES ('after')")
        [(last,)] = ask(running, "SELECT pg_walfile_name(pg_switch_wal())")
        give_up = time.monotonic() + 60
        while not (archive / last).exists() and time.monotonic() < give_up:
            time.sleep(0.2)
        data = running.place.data
    finally:
        running.stop("immediate")
    try:
        shutil.rmtree(data)
        shutil.copytree(folder / "base", data)
        (data / "recovery.signal").touch()
        for path in (data, *data.rglob("*")):
            running.place.give(path)
        data.chmod(0o700)
        back = Cluster(
            folder / "postgres",
            settings={
                "restore_command": f"cp {archive}/%f %p",
                "recovery_target_time": moment,
                "recovery_target_action": "promote",
            },
        )
        back.start()
        try:
            assert ask(back, "SELECT word FROM told") == [("before",)]
        finally:
            back.stop("immediate")
    finally:
        shutil.rmtree(running.place.home, ignore_errors=True)
