"""The address at which a candidate reads their feedback: signed, and good as long as the feedback is not revoked."""

from uuid import UUID

from django.conf import settings
from django.core import signing

from interview_stream.server.evaluations.models import Feedback
from interview_stream.server.lib.problems import Gone, NotFound

_signer = signing.Signer(salt="interview-stream.feedback", sep=".")


def feedback_url(feedback: Feedback) -> str:
    return f"{settings.ENVIRONMENT.public_url}/feedback/{_signer.sign(feedback.id.hex)}"


def feedback_behind(token: str) -> Feedback:
    try:
        feedback_id = UUID(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        raise NotFound("This link is not valid. Look whether it was copied completely.", slug="link-unknown") from None
    found = Feedback.objects.filter(id=feedback_id).first()
    if found is None:
        raise NotFound("This feedback is not there any more.", slug="link-unknown")
    if found.revoked_at is not None:
        raise Gone("This feedback was taken back. Ask whoever sent it.", slug="link-revoked")
    return found
