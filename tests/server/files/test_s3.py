"""The same files in a bucket: against moto's server, which speaks S3 over HTTP."""

import socket
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.test import Client
from moto.server import ThreadedMotoServer

from interview_stream.server.files.models import StoredFile
from interview_stream.server.files.tasks import sweep_orphans
from interview_stream.server.interviews.models import Interview
from tests.server.files.test_attachments import address, listed, send
from tests.server.files.test_uploads import TEXT, own_folder

pytestmark = pytest.mark.django_db(transaction=True)
assert own_folder


@pytest.fixture
def bucket(settings: Any, own_folder: None) -> Iterator[Any]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    account = {
        "region_name": "eu-central-1",
        "endpoint_url": f"http://127.0.0.1:{port}",
        "aws_access_key_id": "key",
        "aws_secret_access_key": "secret",
    }
    s3 = boto3.client("s3", **account)
    s3.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    options = {
        "bucket_name": "files",
        "endpoint_url": account["endpoint_url"],
        "region_name": "eu-central-1",
        "access_key": "key",
        "secret_key": "secret",
        "signature_version": "s3v4",
    }
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    }
    yield s3
    server.stop()


def test_a_file_goes_into_the_bucket_and_is_fetched_from_there(
    bucket: Any, as_alice: Client, interview: Interview
) -> None:
    assert send(as_alice, interview, name="Über uns.txt") == 204
    stored = StoredFile.objects.get()
    assert bucket.get_object(Bucket="files", Key=stored.key)["Body"].read() == TEXT
    (file,) = listed(as_alice, interview)
    answer = as_alice.get(address(as_alice, file))
    assert answer.status_code == 302
    with urllib.request.urlopen(answer["Location"]) as fetched:
        assert fetched.read() == TEXT
        assert fetched.headers["Content-Disposition"].startswith("attachment;")
    sweep_orphans.call()
    assert as_alice.delete(f"/api/attachments/{file['id']}").status_code == 204
    assert "Contents" not in bucket.list_objects_v2(Bucket="files")
