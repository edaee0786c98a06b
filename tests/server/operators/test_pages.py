"""What operators can do on their pages, what the audit log tells of it, and what the pages hide."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Model
from django.test import Client, RequestFactory
from django_tasks_db.models import DBTaskResult

from interview_stream.server.accounts import operating
from interview_stream.server.accounts.actor import Member
from interview_stream.server.accounts.audit import Act, record
from interview_stream.server.accounts.models import AuditEvent, Membership, Organisation, Role, User
from interview_stream.server.accounts.tasks import send_code
from interview_stream.server.lib.problems import NotFound
from interview_stream.server.operators.pages import site
from tests.server.conftest import join, prove, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(db: None) -> User:
    """An operator, who is no member of alice's organisation."""
    member = join(Organisation.objects.create(name="Operations"), "olga", Role.INTERVIEWER)
    operating.set_operator("olga@example.org", is_operator=True)
    Authenticator.objects.create(user=member.user, type="totp", data={"secret": "not for anybody's eyes"})
    return User.objects.get(pk=member.user.pk)


@pytest.fixture
def as_olga(olga: User) -> Client:
    browser = signed_in(olga)
    prove(browser, olga, "mfa")
    browser.get("/api/me")
    return browser


def submit(client: Client, path: str, **fields: Any) -> str:
    """The form of one thing; the page that follows, as text."""
    nothing = {f"memberships-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    return client.post(f"/admin/{path}", {**nothing, **fields}, follow=True).content.decode()


def newest(act: Act) -> AuditEvent:
    return AuditEvent.objects.filter(action=act).order_by("-pk")[0]


def test_an_account_is_disabled_and_enabled_again(alice: Member, as_alice: Client, as_olga: Client) -> None:
    page = f"accounts/user/{alice.user.pk}/change/"
    assert as_alice.get("/api/members").status_code == 200
    assert "was changed successfully" in submit(as_olga, page)
    assert as_alice.get("/api/members").status_code == 401
    event = newest(Act.ACCOUNT_DISABLED)
    assert (event.user_name, event.subject) == ("Olga (operator)", "alice@example.org")
    assert event.organisation == alice.organisation

    submit(as_olga, page, is_active="on")
    assert newest(Act.ACCOUNT_ENABLED).user_name == "Olga (operator)"
    assert signed_in(User.objects.get(pk=alice.user.pk)).get("/api/members").status_code == 200


def test_nothing_is_written_where_nothing_changed(alice: Member, as_olga: Client) -> None:
    before = AuditEvent.objects.count()
    submit(
        as_olga, f"accounts/user/{alice.user.pk}/change/", is_active="on", email="mallory@example.org", is_staff="on"
    )
    alice.user.refresh_from_db()
    assert (alice.user.email, alice.user.is_staff, AuditEvent.objects.count()) == ("alice@example.org", False, before)


def test_operators_cannot_shut_themselves_out(olga: User, as_olga: Client) -> None:
    assert "You would shut yourself out" in submit(as_olga, f"accounts/user/{olga.pk}/change/")
    assert as_olga.get("/admin/").status_code == 200


def test_a_team_without_an_owner_gets_one_and_the_last_is_kept(alice: Member, bob: Member, as_olga: Client) -> None:
    owners, bobs = (Membership.objects.get(user=member.user) for member in (alice, bob))
    assert "This is the only owner" in submit(as_olga, f"accounts/membership/{owners.pk}/change/", role="admin")
    submit(as_olga, f"accounts/membership/{bobs.pk}/change/", role="owner")
    bobs.refresh_from_db()
    assert bobs.role == "owner"
    event = newest(Act.MEMBER_ROLE_CHANGED)
    assert (event.user_name, event.subject, event.detail) == (
        "Olga (operator)",
        "bob@example.org",
        "interviewer → owner",
    )


def test_an_organisation_is_renamed(alice: Member, as_olga: Client) -> None:
    submit(as_olga, f"accounts/organisation/{alice.organisation.pk}/change/", name="Acme Two")
    assert Organisation.objects.get(pk=alice.organisation.pk).name == "Acme Two"
    event = newest(Act.ORGANISATION_RENAMED)
    assert (event.subject, event.detail, event.user_name) == ("Acme Two", "Acme", "Olga (operator)")


def test_sessions_are_ended(alice: Member, as_alice: Client, as_olga: Client) -> None:
    as_alice.get("/api/members")
    session = UserSession.objects.get(user=alice.user)
    page = as_olga.get("/admin/usersessions/usersession/").content.decode()
    assert "alice@example.org" in page or "Alice" in page
    assert session.session_key not in page
    one = as_olga.get(f"/admin/usersessions/usersession/{session.pk}/change/").content.decode()
    assert session.session_key not in one
    answer = as_olga.post(
        "/admin/usersessions/usersession/", {"action": "end", "_selected_action": [session.pk]}, follow=True
    )
    assert "Sessions ended: 1." in answer.content.decode()
    assert as_alice.get("/api/members").status_code == 401
    assert newest(Act.SESSIONS_ENDED).subject == "alice@example.org"


def test_people_are_signed_out_everywhere(bob: Member, as_bob: Client, as_olga: Client) -> None:
    as_bob.get("/api/members")
    as_olga.post("/admin/accounts/user/", {"action": "sign_out_everywhere", "_selected_action": [bob.user.pk]})
    assert as_bob.get("/api/members").status_code == 401
    assert (newest(Act.SESSIONS_ENDED).subject, newest(Act.SESSIONS_ENDED).detail) == ("bob@example.org", "1")


@pytest.mark.parametrize("verb", ["add", "delete", "history"])
def test_nothing_is_added_deleted_or_told_twice(verb: str, alice: Member, as_olga: Client) -> None:
    record(alice.organisation, alice.user, Act.KIT_CREATED)
    event = newest(Act.KIT_CREATED)
    path = "add/" if verb == "add" else f"{event.pk}/{verb}/"
    answer = as_olga.post(f"/admin/accounts/auditevent/{path}", {"post": "yes"})
    assert answer.status_code in (404, 405)
    for changed in ({"detail": "forged"}, {"action": "delete_selected", "_selected_action": [event.pk]}):
        as_olga.post(f"/admin/accounts/auditevent/{event.pk}/change/", changed)
        as_olga.post("/admin/accounts/auditevent/", changed)
    assert AuditEvent.objects.get(pk=event.pk).detail == ""


def test_what_is_secret_or_private_is_not_shown(alice: Member, olga: User, as_olga: Client) -> None:
    send_code.enqueue("alice@example.org", "Your code", "Enter it:", "A1B2C3")
    record(alice.organisation, alice.user, Act.DECIDED, subject="Back end", detail="strong no hire")
    job = DBTaskResult.objects.get(task_path__endswith="send_code")
    shown = ""
    for path in (
        *("accounts/user/", f"accounts/user/{olga.pk}/change/", f"accounts/user/{alice.user.pk}/change/"),
        *("accounts/auditevent/", "accounts/auditevent/?q=strong"),
        *("django_tasks_database/dbtaskresult/", f"django_tasks_database/dbtaskresult/{job.pk}/change/"),
    ):
        answer = as_olga.get(f"/admin/{path}")
        assert answer.status_code == 200, path
        shown += answer.content.decode()
    assert "TOTP Authenticator (1)" in shown
    assert "send_code" in shown
    for hidden in ("A1B2C3", "strong no hire", "eyes", olga.password, alice.user.password):
        assert hidden not in shown


def test_each_page_is_searched(alice: Member, as_olga: Client) -> None:
    for path in ("accounts/user", "accounts/organisation", "accounts/membership", "accounts/auditevent"):
        assert as_olga.get(f"/admin/{path}/?q=alice").status_code == 200
    for path in ("usersessions/usersession", "jobs/failedjob", "django_tasks_database/dbtaskresult"):
        assert as_olga.get(f"/admin/{path}/?q=alice").status_code == 200


def test_memberships_are_named_in_words(alice: Member, bob: Member, as_olga: Client) -> None:
    page = as_olga.get(f"/admin/accounts/organisation/{alice.organisation.pk}/change/").content.decode()
    assert "alice@example.org, owner of Acme" in page
    assert "bob@example.org, interviewer of Acme" in page


def test_pages_and_files_say_what_browsers_may_do(as_olga: Client) -> None:
    page = as_olga.get("/admin/accounts/user/")
    assert "'unsafe" not in page.headers["Content-Security-Policy"]
    assert " style=" not in page.content.decode()
    assert "<script>" not in page.content.decode()
    style = as_olga.get("/admin/static/admin/css/base.css")
    assert (style.status_code, style.headers["Content-Type"]) == (200, "text/css")
    assert b"--primary" in style.content
    assert b"Django's own" in as_olga.get("/admin/static/operators.css").content
    assert as_olga.get("/admin/static/../sites.py").status_code == 400


def test_only_the_command_line_makes_operators(alice: Member, as_alice: Client) -> None:
    assert as_alice.get("/api/me").json()["operator_path"] is None
    operating.set_operator("Alice@example.org", is_operator=True)
    assert as_alice.get("/api/me").json()["operator_path"] == "/admin/"
    assert newest(Act.OPERATOR_MADE).user_name == "The operator"
    operating.set_operator("alice@example.org", is_operator=False)
    assert as_alice.get("/api/me").json()["operator_path"] is None
    assert newest(Act.OPERATOR_REMOVED).subject == "alice@example.org"
    with pytest.raises(NotFound, match=r"nobody@example\.org"):
        operating.set_operator("nobody@example.org", is_operator=True)


HOWS = ("", "__exact", "__in", "__isnull", "__startswith", "__regex")
OFFERED = {
    "user": {"is_active", "is_active__exact", "is_active__isnull", "is_staff", "is_staff__exact", "is_staff__isnull"},
    "organisation": {f"requires_second_factor{how}" for how in ("", "__exact", "__isnull")},
    "membership": {"role", "role__exact", "role__isnull"},
    "auditevent": set(),
    "usersession": set(),
    "failedjob": set(),
    "dbtaskresult": {f"{name}{how}" for name in ("status", "queue_name") for how in ("", "__exact", "__isnull")},
}


@pytest.mark.parametrize("model", list(site._registry), ids=lambda model: model._meta.model_name)
def test_a_list_can_be_asked_for_nothing_but_what_it_offers(model: type[Model], as_olga: Client) -> None:
    """Else each column could be guessed letter by letter: keys of sessions, hashes of passwords, arguments of jobs."""
    meta = model._meta
    names = {field.name for field in meta.get_fields()} | {field.attname for field in meta.concrete_fields}
    names |= {"pk", "user__password", "user__session", "organisation__name", "memberships__user__password"}
    answered = set()
    for lookup in {f"{name}{how}" for name in names for how in HOWS}:
        status = as_olga.get(f"/admin/{meta.app_label}/{meta.model_name}/", {lookup: "("}).status_code
        assert status in (200, 302, 400), lookup
        if status != 400:
            answered.add(lookup)
    assert answered == OFFERED[str(meta.model_name)]


@pytest.mark.parametrize("model", list(site._registry), ids=lambda model: model._meta.model_name)
def test_a_list_is_ordered_by_its_columns_only(model: type[Model], as_olga: Client) -> None:
    page = site._registry[model]
    request = RequestFactory().get("/", {"o": ".".join(str(number) for number in range(30))})
    request.user = User.objects.get(email="olga@example.org")
    ordering = page.get_changelist_instance(request).get_ordering(request, page.get_queryset(request))
    shown = {*page.list_display, *(page.ordering or ()), "member_count", "pk", "-pk"}
    assert {str(name).lstrip("-") for name in ordering} <= {str(name).lstrip("-") for name in shown}
    path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    assert as_olga.get(path, {"o": "99.-99.password"}).status_code == 200


def test_the_log_names_no_candidates(alice: Member, as_olga: Client) -> None:
    for act in Act:
        record(alice.organisation, alice.user, act, subject=f"About {act}")
    text = as_olga.get("/admin/accounts/auditevent/?all=").content.decode()
    hidden = {"candidate", "file", "call", "evaluation", "kit", "job"}
    for act in Act:
        assert (f"About {act}" in text) == (act.partition(".")[0] not in hidden), act


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_the_pages_cannot_be_told_from_nothing_by_their_headers(method: str, as_alice: Client) -> None:
    for browser in (Client(), as_alice):
        browser.get("/")
        told = []
        for path in ("/admin/", "/nothinghere/"):
            answer = browser.generic(method, path)
            told.append((answer.status_code, {n: v for n, v in answer.items() if n != "Content-Security-Policy"}))
        assert told[0] == told[1]
