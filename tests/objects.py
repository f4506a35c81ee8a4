"""A real server of objects on 127.0.0.1, met over HTTP as a house meets its own."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest

from reintegration.papers import objects
from reintegration.papers.objects import Address

BUCKET = "sealed-papers"
NAMES = ("AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")


@contextmanager
def told(**names: str) -> Iterator[None]:
    """Let this process and its children know where the store is, and who they are."""
    with pytest.MonkeyPatch.context() as patch:
        for name in NAMES:
            patch.setenv(name, names.get(name, ""))
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        objects._made.cache_clear()
        yield
    objects._made.cache_clear()


@pytest.fixture(scope="session")
def store_of_objects() -> Iterator[str]:
    """Run the server; return its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def said(endpoint: str) -> dict[str, str]:
    """Return the settings of a process that uses the store at an address."""
    return {
        "AWS_ENDPOINT_URL_S3": endpoint,
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "only-for-tests",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }


@pytest.fixture
def bucket(store_of_objects: str) -> Iterator[Address]:
    """An empty bucket that keeps versions, and the beginning of the names in it."""
    with told(**said(store_of_objects)):
        client: Any = objects.client()
        where = {"LocationConstraint": "eu-central-1"}
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        kept = {"Status": "Enabled"}
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration=kept)
        yield Address(BUCKET, "house")
        everything = client.list_object_versions(Bucket=BUCKET)
        for one in (*everything.get("Versions", ()), *everything.get("DeleteMarkers", ())):
            client.delete_object(Bucket=BUCKET, Key=one["Key"], VersionId=one["VersionId"])
        client.delete_bucket(Bucket=BUCKET)


def lying(at: Address) -> list[str]:
    """Return the names of all versions and marks that lie in a bucket."""
    found = objects.client().list_object_versions(Bucket=at.bucket)
    each = (*found.get("Versions", ()), *found.get("DeleteMarkers", ()))
    return [one["Key"] for one in each]


def begun(at: Address) -> list[Any]:
    """Return the uploads that are neither whole nor given up."""
    found: list[Any] = objects.client().list_multipart_uploads(Bucket=at.bucket).get("Uploads", [])
    return found


def closed_port() -> int:
    """Return a port at which nothing listens, as long as this process lives."""
    return int(_held().getsockname()[1])


@cache
def _held() -> socket.socket:
    """Keep a port without listening at it: one that is let go is soon another server's."""
    one = socket.socket()
    one.bind(("127.0.0.1", 0))
    return one


def nowhere() -> dict[str, str]:
    """Return the settings of a process whose store is away."""
    assert "AWS_PROFILE" not in os.environ
    return said(f"http://127.0.0.1:{closed_port()}")
