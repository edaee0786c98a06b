"""Jobs: made with the transaction, tried again, given up, kept, and taken up by another worker."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.models import AuditEvent, Organisation
from interview_stream.server.jobs.models import FailedJob
from interview_stream.server.lib import jobs
from tests.server.conftest import run_worker

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)
done: list[str] = []
given_up: list[str] = []
broken: list[BaseException] = []


def _owner(name: str) -> UUID | None:
    return Organisation.objects.filter(name=name).values_list("pk", flat=True).first()


@jobs.job("Do a thing", tries=3, wait=MINUTE, organisation_of=_owner, given_up=given_up.append)
def do(name: str) -> None:
    if broken:
        raise broken[0]
    done.append(name)


@jobs.job("Say it once", tries=1, is_kept=False)
def say() -> None:
    raise RuntimeError("no luck")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    for each in (done, given_up, broken):
        each.clear()
    yield


def time_passes() -> None:
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())


def minutes_to_wait() -> int:
    wait: timedelta = DBTaskResult.objects.get().run_after - timezone.now()
    return round(wait.total_seconds() / 60)


def fail_for_good(error: BaseException) -> None:
    broken.append(error)
    do.enqueue("Acme")
    for _ in range(3):
        run_worker()
        time_passes()
    broken.clear()


def test_a_job_is_there_only_if_the_transaction_is(db: None) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        do.enqueue("lost")
        raise RuntimeError
    with transaction.atomic():
        do.enqueue("kept")
    run_worker()
    assert done == ["kept"]


def test_the_waits_grow_and_a_later_try_may_succeed(alice: Member) -> None:
    broken.append(ConnectionRefusedError())
    do.enqueue("Acme")
    run_worker()
    assert (DBTaskResult.objects.get().status, minutes_to_wait()) == ("READY", 1)
    time_passes()
    run_worker()
    assert minutes_to_wait() == 2

    broken.clear()
    time_passes()
    run_worker()
    assert done == ["Acme"]
    assert not FailedJob.objects.exists()


def test_after_the_last_try_its_people_are_told_in_plain_words(as_alice: Client, as_bob: Client) -> None:
    fail_for_good(ConnectionRefusedError(111, "Connection refused"))
    (failed,) = as_alice.get("/api/failed-jobs").json()
    assert (failed["title"], failed["tries"]) == ("Do a thing", 3)
    assert failed["reason"].startswith("The other server refused the connection")
    assert "Connection refused" in failed["technical"]
    assert given_up == ["Acme"]
    assert not DBTaskResult.objects.exists()
    assert as_bob.get("/api/failed-jobs").json() == [], "interviewers look after nothing"


def test_it_is_tried_again_when_somebody_says_so(as_alice: Client) -> None:
    fail_for_good(RuntimeError("no luck"))
    (failed,) = as_alice.get("/api/failed-jobs").json()
    assert failed["reason"].startswith("Something unexpected")
    assert as_alice.post(f"/api/failed-jobs/{failed['id']}/retry").json() == []
    run_worker()
    assert done == ["Acme"]
    assert as_alice.post(f"/api/failed-jobs/{failed['id']}/retry").status_code == 404
    assert AuditEvent.objects.filter(action="job.retried").count() == 1


def test_it_is_let_be_when_somebody_says_so(as_alice: Client) -> None:
    fail_for_good(RuntimeError("no luck"))
    (failed,) = as_alice.get("/api/failed-jobs").json()
    assert as_alice.delete(f"/api/failed-jobs/{failed['id']}").json() == []
    run_worker()
    assert done == []
    assert AuditEvent.objects.filter(action="job.discarded").count() == 1


def test_the_same_job_is_kept_once(as_alice: Client) -> None:
    fail_for_good(RuntimeError("no luck"))
    fail_for_good(TimeoutError())
    (failed,) = as_alice.get("/api/failed-jobs").json()
    assert failed["reason"] == "The other server did not answer in time."


def test_what_is_of_no_use_later_is_not_kept(alice: Member) -> None:
    say.enqueue()
    run_worker()
    assert not FailedJob.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_a_cut_off_job_runs_again_but_not_for_ever(as_alice: Client) -> None:
    do.enqueue("Acme")
    DBTaskResult.objects.update(status="RUNNING", worker_ids=["killed"])
    jobs.take_up_cut_off()
    run_worker()
    assert done == ["Acme"]

    do.enqueue("Acme")
    DBTaskResult.objects.filter(status="READY").update(status="RUNNING", worker_ids=["killed"] * 3)
    jobs.take_up_cut_off()
    run_worker()
    assert done == ["Acme"]
    (failed,) = as_alice.get("/api/failed-jobs").json()
    assert failed["reason"].startswith("The worker died each time")


def test_being_told_to_stop_is_no_failure(alice: Member) -> None:
    broken.append(SystemExit(1))
    do.enqueue("Acme")
    row = DBTaskResult.objects.get()
    row.claim("worker")
    row.set_failed(SystemExit(1))
    jobs.settle_failed()
    broken.clear()
    run_worker()
    assert done == ["Acme"]


def test_a_job_of_another_version_is_kept(as_alice: Client) -> None:
    do.enqueue("Acme")
    DBTaskResult.objects.update(task_path="tests.server.jobs.test_jobs.gone")
    run_worker()
    (failed,) = as_alice.get("/api/failed-jobs").json()
    assert failed["title"] == "A job that this version does not know"
    assert as_alice.post(f"/api/failed-jobs/{failed['id']}/retry").status_code == 409
