"""Papers in a bucket of an object store, and which place the settings name."""

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

from reintegration.papers import objects, store
from reintegration.papers.objects import Address
from reintegration.papers.store import Away, Damaged, Folder, Store
from reintegration.settings import Settings


def store_of(settings: Settings) -> Store:
    """Return where the settings say that papers are kept."""
    if settings.papers_at is None:
        return Folder(settings.papers)
    return ObjectStore(objects.address(settings.papers_at))


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """A bucket, or what begins with a prefix in it."""

    at: Address

    def put(self, content: bytes) -> str:
        """Keep it under its hash; the store compares what arrives and answers when it is kept."""
        digest = hashlib.sha256(content)
        name = digest.hexdigest()
        checksum = b64encode(digest.digest()).decode()
        named = self._at(name).named
        with objects.in_words(self.at):
            objects.client().put_object(**named, Body=content, ChecksumSHA256=checksum)
        return name

    def raw(self, name: str) -> bytes:
        """Return what lies there; raise Damaged when nothing does."""
        with objects.in_words(self.at, name):
            answer = objects.client().get_object(**self._at(name).named)
            return bytes(answer["Body"].read())

    def get(self, name: str) -> bytes:
        """Return it; its name is the hash of what it must hold."""
        content = self.raw(name)
        if hashlib.sha256(content).hexdigest() != name:
            raise Damaged(name)
        return content

    def drop(self, name: str) -> None:
        """Delete it with all its versions, where the bucket keeps those."""
        objects.delete(self._at(name))

    def names(self, *, before: float) -> Iterator[str]:
        """Yield the names of what was put before a moment, by the store's clock."""
        start = self.at.below("").key
        with objects.in_words(self.at):
            pages = objects.client().get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.at.bucket, Prefix=start):
                for found in page.get("Contents", ()):
                    name = found["Key"].rpartition("/")[2]
                    is_ours = store.is_name(name) and found["Key"] == self._at(name).key
                    if is_ours and found["LastModified"].timestamp() < before:
                        yield name

    def problem(self) -> str:
        """Say why nothing can be kept, read and deleted there; nothing when it can."""
        try:
            name = self.put(b"a try")
            self.get(name)
            self.drop(name)
            next(self.names(before=0), None)
        except Away as away:
            return str(away)
        except Damaged:
            return f"{self.at} does not give back what was put there"
        return ""

    def _at(self, name: str) -> Address:
        if not store.is_name(name):
            raise Damaged(name)
        return self.at.below(f"{name[:2]}/{name}")
