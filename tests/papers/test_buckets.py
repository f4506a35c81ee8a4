"""Papers in a bucket: the same as in a folder, and in words when the store is away."""

import hashlib
import math
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from reintegration import settings as configuration
from reintegration.kernel.errors import Conflict
from reintegration.operations import checkup
from reintegration.papers import buckets, objects, store
from reintegration.papers.buckets import ObjectStore
from reintegration.papers.models import Paper, PaperPart
from reintegration.papers.services import sealing, sweeping
from reintegration.papers.store import Damaged
from tests.factories.cast import NOW
from tests.factories.papers import make_paper
from tests.factories.payments import make_claim
from tests.objects import bucket, lying, nowhere, said, store_of_objects, told
from vouchers.payments.services import claim_papers

__all__ = ["bucket", "store_of_objects"]


@pytest.fixture
def kept(bucket):
    return ObjectStore(bucket)


@pytest.fixture
def in_use(session, kept):
    before = store.in_use()
    store.use(kept)
    yield kept
    store.use(before)


def put_paper(session, cast):
    held = claim_papers.held_by(make_claim(session, cast))
    paper = make_paper(session, held, cast.boris)
    session.commit()
    return paper


def test_what_is_put_comes_back_under_its_hash_and_once(kept, bucket):
    name = kept.put(b"sealed")
    assert name == hashlib.sha256(b"sealed").hexdigest() == kept.put(b"sealed")
    assert kept.get(name) == b"sealed"
    assert list(kept.names(before=math.inf)) == [name]
    assert list(kept.names(before=0)) == []
    assert set(lying(bucket)) == {f"house/{name[:2]}/{name}"}


def test_what_is_not_there_or_not_what_was_put_is_damaged(kept, bucket):
    name = kept.put(b"sealed")
    objects.write_small(bucket.below(f"{name[:2]}/{name}"), b"another")
    for wrong in (name, "a" * 64, "../../stray"):
        with pytest.raises(Damaged):
            kept.get(wrong)


def test_dropping_leaves_no_version(kept, bucket):
    name = kept.put(b"sealed")
    kept.put(b"sealed")
    objects.client().delete_object(Bucket=bucket.bucket, Key=f"house/{name[:2]}/{name}")
    assert len(lying(bucket)) == 3
    kept.drop(name)
    kept.drop(name)
    assert lying(bucket) == []


def test_a_paper_is_kept_opened_swept_and_destroyed_there(session, cast, in_use, bucket):
    paper = put_paper(session, cast)
    stray = in_use.put(b"a killed upload left it")
    assert sealing.opened(session, paper.parts[0]).startswith(b"\xff\xd8\xff")
    assert sweeping.sweep_orphans(session, now=NOW.replace(year=NOW.year + 5)) == 1
    assert stray not in set(in_use.names(before=math.inf))
    sealing.drop(session, paper.parts[0])
    session.commit()
    assert lying(bucket) == []


def test_a_person_is_told_and_nothing_is_half_while_it_is_away(
    session, cast, in_use, bucket, store_of_objects
):
    paper = put_paper(session, cast)
    held = claim_papers.held_by(make_claim(session, cast))
    session.commit()
    count = select(func.count(PaperPart.id))
    before = session.scalar(count)
    with told(**nowhere()):
        with pytest.raises(Conflict, match="cannot be reached") as refused:
            make_paper(session, held, cast.boris)
        assert refused.value.code == sealing.AWAY
        session.rollback()
        assert session.scalar(count) == before
        with pytest.raises(Conflict, match="cannot be reached"):
            sealing.opened(session, session.get(Paper, paper.id).parts[0])
        sealing.drop(session, session.get(Paper, paper.id).parts[0])
        session.commit()  # it is destroyed: what lies there still has no row
    with told(**said(store_of_objects)):
        assert len(lying(bucket)) == 1
        assert sweeping.sweep_orphans(session, now=NOW.replace(year=NOW.year + 5)) == 1
        assert lying(bucket) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"AWS_ENDPOINT_URL_S3": "away"}, "does not answer"),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "are not set"),
        ({}, "there is no bucket of this name"),
    ],
)
def test_the_doctor_says_why_papers_cannot_be_kept_there(app, store_of_objects, changed, sentence):
    names = said(store_of_objects) | changed
    if changed.get("AWS_ENDPOINT_URL_S3"):
        names = nowhere()
    with told(**names):
        settings = replace(app.extensions["settings"], papers_at="s3://no-such-bucket/x")
        (found,) = checkup.papers(settings)
    assert "PUNTE_PAPERS" in found
    assert sentence in found


def test_the_doctor_is_content_where_a_try_comes_back_and_goes(app, bucket):
    settings = replace(app.extensions["settings"], papers_at=str(bucket))
    assert checkup.papers(settings) == []
    assert lying(bucket) == []


def test_the_setting_names_a_folder_or_a_bucket(committed_db, tmp_path):
    def read(papers):
        return configuration.from_environment(committed_db.environment() | {"PUNTE_PAPERS": papers})

    assert buckets.store_of(read("s3://papers-of-a-house/x/")) == ObjectStore(
        objects.Address("papers-of-a-house", "x/")
    )
    assert buckets.store_of(read(str(tmp_path))) == store.Folder(tmp_path)
    with pytest.raises(configuration.HalfConfigured, match="s3://bucket/prefix"):
        read("s3://")
