"""An object store that speaks S3: whole objects, streams, and what goes wrong in words.

Who we are and where it is stands in the environment by the names that every program of this kind
reads: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL_S3, AWS_DEFAULT_REGION. The
library is read only where such a store is set: it takes a second.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from reintegration.faults import OBJECTS
from reintegration.kernel.errors import Invalid
from reintegration.papers.store import Away, Damaged

PART = 16 << 20
"""Bytes of one part of a large object: at most this much is in memory; ten thousand are let."""
_GONE = frozenset({"404", "NoSuchKey", "NotFound", "NoSuchVersion"})
_NO_VERSIONS = frozenset({"NotImplemented", "501"})
_SAID = {
    "404": "there is no bucket of this name",
    "NoSuchBucket": "there is no bucket of this name",
    "NoSuchUpload": "the upload was ended by somebody else",
    "403": "it does not take the key, or the key may not do this",
    "AccessDenied": "the key may not do this",
    "InvalidAccessKeyId": "it does not know the key (AWS_ACCESS_KEY_ID)",
    "SignatureDoesNotMatch": "the secret is wrong (AWS_SECRET_ACCESS_KEY)",
}
_PATIENCE = {"connect_timeout": 3, "read_timeout": 20}
"""Seconds. An upload of a person waits meanwhile, with its transaction."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where objects lie: a bucket, and how their names begin or what one is called."""

    bucket: str
    key: str = ""

    def __str__(self) -> str:
        return f"{OBJECTS}{self.bucket}/{self.key}"

    @property
    def named(self) -> dict[str, str]:
        """Return it as the library wants it."""
        return {"Bucket": self.bucket, "Key": self.key}

    def below(self, name: str) -> "Address":
        """Return the address of something below this one."""
        return Address(self.bucket, f"{self.key.rstrip('/')}/{name}".lstrip("/"))


def address(text: str) -> Address:
    """Read `s3://bucket/key`; raise Invalid where no bucket is named."""
    bucket, _, key = text.removeprefix(OBJECTS).partition("/")
    if not text.startswith(OBJECTS) or not bucket:
        raise Invalid("An object of a store is written s3://bucket/key.", code="address")
    return Address(bucket, key)


@contextmanager
def reading(at: Address) -> Iterator["Reading"]:
    """Give one object as a stream; raise Away where it is not there or stops coming."""
    with in_words(at):
        try:
            body = client().get_object(**at.named)["Body"]
        except _library().exceptions.ClientError as error:
            if _code(error) == "NoSuchKey":
                raise Away(f"{at} is not there") from None
            raise
    stream = Reading(at, body)
    with _first_failure(stream):
        yield stream
    body.close()


@contextmanager
def writing(at: Address) -> Iterator["Writing"]:
    """Give a stream whose bytes become one object when it ends well, and nothing when it does not.

    Raises Away, also where there is an object of this name: nothing is written over.
    """
    if exists(at):
        raise Away(f"{at} is there already: nothing is written over")
    with in_words(at):
        begun = client().create_multipart_upload(**at.named)
    upload = Writing(at, begun["UploadId"])
    with _first_failure(upload):
        try:
            yield upload
            upload.complete()
        except BaseException:
            upload.abort()
            raise


def exists(at: Address) -> bool:
    """Whether there is an object of this name; raise Away where that cannot be asked."""
    with in_words(at):
        found = client().list_objects_v2(Bucket=at.bucket, Prefix=at.key, MaxKeys=1)
        return any(one["Key"] == at.key for one in found.get("Contents", ()))


def write_small(at: Address, content: bytes) -> None:
    """Put a small object that may take the place of another."""
    with in_words(at):
        client().put_object(Bucket=at.bucket, Key=at.key, Body=content)


class _Stream:
    """A stream to or from a store. What reads or pours it may say less than went wrong here."""

    def __init__(self, at: Address) -> None:
        self.at = at
        self.failed: Away | None = None

    @contextmanager
    def _remembered(self) -> Iterator[None]:
        try:
            with in_words(self.at):
                yield
        except Away as away:
            self.failed = away
            raise


class Reading(_Stream):
    """An object that is being read."""

    def __init__(self, at: Address, body: Any) -> None:
        super().__init__(at)
        self._body = body

    def read(self, size: int | None = None) -> bytes:
        """Return at most `size` bytes, none at the end."""
        with self._remembered():
            return bytes(self._body.read(size))


class Writing(_Stream):
    """An object that is being written, in parts."""

    def __init__(self, at: Address, upload: str) -> None:
        super().__init__(at)
        self._named = {**at.named, "UploadId": upload}
        self._kept = io.BytesIO()
        self._parts: list[dict[str, Any]] = []

    def write(self, data: bytes) -> int:
        """Take all of it; a part leaves when it is full."""
        self._kept.write(data)
        while self._kept.tell() >= PART:
            whole = self._kept.getvalue()
            self._send(whole[:PART])
            self._kept = io.BytesIO()
            self._kept.write(whole[PART:])
        return len(data)

    def flush(self) -> None:
        """Nothing leaves before a part is full."""

    def complete(self) -> None:
        """Let the parts become the object."""
        self._send(self._kept.getvalue())
        with self._remembered():
            client().complete_multipart_upload(
                **self._named, MultipartUpload={"Parts": self._parts}
            )

    def abort(self) -> None:
        """Let the store forget the parts; where it is away, its own rule does that later."""
        with suppress(*_failures()):
            client().abort_multipart_upload(**self._named)

    def _send(self, data: bytes) -> None:
        number = len(self._parts) + 1
        with self._remembered():
            sent = client().upload_part(**self._named, PartNumber=number, Body=data)
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})


@contextmanager
def _first_failure(stream: _Stream) -> Iterator[None]:
    """Raise what went wrong with the store, whatever became of it on its way here."""
    try:
        yield
    except BaseException:
        if stream.failed is not None:
            raise stream.failed from None
        raise


def delete(at: Address) -> None:
    """Delete an object with all its versions and the marks of its deletion."""
    with in_words(at):
        for one in _versions(at):
            client().delete_object(**at.named, **one)


def _versions(at: Address) -> list[dict[str, str]]:
    """Return what there is to delete; a store that keeps no versions has one, without a name."""
    try:
        found = client().list_object_versions(Bucket=at.bucket, Prefix=at.key)
    except _library().exceptions.ClientError as error:
        if _code(error) in _NO_VERSIONS:
            return [{}]
        raise
    each = [*found.get("Versions", ()), *found.get("DeleteMarkers", ())]
    return [{"VersionId": one["VersionId"]} for one in each if one["Key"] == at.key]


@contextmanager
def in_words(at: Address, name: str | None = None) -> Iterator[None]:
    """Raise Away in words for what the library raises; Damaged where `name` is not there."""
    try:
        yield
    except _library().exceptions.ClientError as error:
        code = _code(error)
        if name is not None and code in _GONE:
            raise Damaged(name) from None
        raise Away(f"{OBJECTS}{at.bucket}: {_SAID.get(code, code)}") from None
    except _library().exceptions.NoCredentialsError:
        raise Away(
            f"{OBJECTS}{at.bucket}: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"
        ) from None
    except _failures():
        raise Away(f"{OBJECTS}{at.bucket} does not answer") from None


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def _failures() -> tuple[type[Exception], ...]:
    """Return what the library raises where the network or the store fails."""
    return (_library().exceptions.BotoCoreError, _library().exceptions.ClientError, OSError)


def _library() -> Any:
    import botocore  # noqa: PLC0415 - a second, and only where such a store is set
    import botocore.exceptions  # noqa: PLC0415

    return botocore


def client() -> Any:
    """Return the library's client, made once in each process; threads share it."""
    return _made(os.getpid())


@cache
def _made(_process: int) -> Any:
    """Make the client of this process; a child of it makes its own."""
    import boto3  # noqa: PLC0415 - a second, and only where such a store is set
    from botocore.config import Config  # noqa: PLC0415

    elsewhere = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    config = Config(
        **_PATIENCE,
        retries={"mode": "standard", "total_max_attempts": 2},
        s3={"addressing_style": "path" if elsewhere else "auto"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    return boto3.session.Session().client("s3", config=config, region_name=region)
