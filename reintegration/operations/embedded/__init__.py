"""The embedded PostgreSQL: the real server that comes with pip, run from `instance/`.

One supervisor owns starting and stopping it; workers and commands only connect.
"""

from reintegration.operations.embedded.cluster import Cluster, ClusterBusyError, ClusterError
from reintegration.operations.embedded.defaults import (
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    environment,
    explain_connection_error,
    instance_cluster,
    prepare_database,
)
from reintegration.operations.embedded.lifeline import die_with_parent
from reintegration.operations.embedded.place import PlaceError, tool

__all__ = [
    "APP_ROLE",
    "DATABASE",
    "OWNER_ROLE",
    "Cluster",
    "ClusterBusyError",
    "ClusterError",
    "PlaceError",
    "die_with_parent",
    "environment",
    "explain_connection_error",
    "instance_cluster",
    "prepare_database",
    "tool",
]
