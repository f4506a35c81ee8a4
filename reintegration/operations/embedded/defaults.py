"""What stands in for settings that are not set: secrets made once, and the embedded database."""

import base64
import json
import os
import secrets
from pathlib import Path

from reintegration.operations.embedded.cluster import Cluster
from reintegration.operations.embedded.place import write_once

DATABASE = "punte"
OWNER_ROLE = "punte_owner"
APP_ROLE = "punte_app"

_MASTER_KEY_BYTES = 32
_NOT_REACHED = (
    "connection refused",
    "no such file or directory",
    "is the server running",
    "connection is bad",
)


def instance_cluster(instance: Path) -> Cluster:
    """Return the cluster of an instance folder, running or not."""
    return Cluster(instance / "postgres")


def environment(instance: Path) -> dict[str, str]:
    """Return the settings of the embedded default, making the secrets on first use.

    The keys are DATABASE_URL, DATABASE_OWNER_URL, SECRET_KEY and PUNTE_MASTER_KEY (32 bytes in
    base64). The server is not started.
    """
    made = _secrets(instance)
    cluster = instance_cluster(instance)
    return {
        "DATABASE_URL": cluster.url(APP_ROLE, DATABASE, made["app_password"]),
        "DATABASE_OWNER_URL": cluster.url(OWNER_ROLE, DATABASE, made["owner_password"]),
        "SECRET_KEY": made["SECRET_KEY"],
        "PUNTE_MASTER_KEY": made["PUNTE_MASTER_KEY"],
    }


def prepare_database(cluster: Cluster, instance: Path) -> None:
    """Create the roles and the empty database of a started cluster, unless they are there."""
    made = _secrets(instance)
    cluster.create_roles_and_database(
        DATABASE, owner=(OWNER_ROLE, made["owner_password"]), app=(APP_ROLE, made["app_password"])
    )


def explain_connection_error(error: BaseException, instance: Path) -> str | None:
    """Say what to do when the embedded database cannot be reached; None for any other trouble."""
    if os.environ.get("DATABASE_URL"):
        return None
    if not any(mark in str(error).lower() for mark in _NOT_REACHED):
        return None
    if instance_cluster(instance).running():
        return "The database is starting or stopping. Try again in a moment."
    return (
        "The database is not running. "
        "Start it with `make run` in another window, or set DATABASE_URL."
    )


def _secrets(instance: Path) -> dict[str, str]:
    instance.mkdir(parents=True, exist_ok=True)
    fresh = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "PUNTE_MASTER_KEY": base64.b64encode(secrets.token_bytes(_MASTER_KEY_BYTES)).decode(),
        "owner_password": secrets.token_urlsafe(32),
        "app_password": secrets.token_urlsafe(32),
    }
    made: dict[str, str] = json.loads(
        write_once(instance / "secrets.json", json.dumps(fresh, indent=1) + "\n")
    )
    return made
