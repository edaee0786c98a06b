"""HTTP doors of evaluations; all of them are for members only."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from interview_stream.server.accounts.actor import actor_of
from interview_stream.server.evaluations import actions, feedback, queries, summary
from interview_stream.server.evaluations.schemas import (
    CommentIn,
    DecisionIn,
    EvaluationOut,
    FeedbackContent,
    FeedbackIn,
    NoteIn,
    NoteOut,
    RoundEvaluationOut,
    ScorecardIn,
)
from interview_stream.server.interviews.schemas import ReasonIn

router = Router(tags=["evaluations"])


@router.get("/interviews/{uuid:interview_id}/notes", response=list[NoteOut])
def list_notes(request: HttpRequest, interview_id: UUID) -> list[NoteOut]:
    return queries.list_notes(actor_of(request), interview_id=interview_id)


@router.post("/interviews/{uuid:interview_id}/notes", response=list[NoteOut])
def write_note(request: HttpRequest, interview_id: UUID, body: NoteIn) -> list[NoteOut]:
    actor = actor_of(request)
    actions.write_note(actor, interview_id=interview_id, text=body.text)
    return queries.list_notes(actor, interview_id=interview_id)


@router.patch("/notes/{uuid:note_id}", response={204: None})
def change_note(request: HttpRequest, note_id: UUID, body: NoteIn) -> None:
    actions.change_note(actor_of(request), note_id=note_id, text=body.text)


@router.delete("/notes/{uuid:note_id}", response={204: None})
def delete_note(request: HttpRequest, note_id: UUID) -> None:
    actions.delete_note(actor_of(request), note_id=note_id)


@router.get("/candidates/{uuid:candidate_id}/evaluations", response=list[RoundEvaluationOut])
def list_candidate_evaluations(request: HttpRequest, candidate_id: UUID) -> list[RoundEvaluationOut]:
    return queries.list_candidate_evaluations(actor_of(request), candidate_id=candidate_id)


@router.get("/interviews/{uuid:interview_id}/evaluation", response=EvaluationOut)
def get_evaluation(request: HttpRequest, interview_id: UUID) -> EvaluationOut:
    return queries.get_evaluation(actor_of(request), interview_id=interview_id)


@router.put("/interviews/{uuid:interview_id}/scorecard", response=EvaluationOut)
def save_scorecard(request: HttpRequest, interview_id: UUID, body: ScorecardIn) -> EvaluationOut:
    """One's own, as often as one likes until it is submitted."""
    actor = actor_of(request)
    actions.save_scorecard(actor, interview_id=interview_id, wanted=body)
    return queries.get_evaluation(actor, interview_id=interview_id)


@router.post("/interviews/{uuid:interview_id}/scorecard/submit", response=EvaluationOut)
def submit_scorecard(request: HttpRequest, interview_id: UUID) -> EvaluationOut:
    actor = actor_of(request)
    actions.submit_scorecard(actor, interview_id=interview_id)
    return queries.get_evaluation(actor, interview_id=interview_id)


@router.post("/interviews/{uuid:interview_id}/comments", response=EvaluationOut)
def write_comment(request: HttpRequest, interview_id: UUID, body: CommentIn) -> EvaluationOut:
    actor = actor_of(request)
    actions.write_comment(actor, interview_id=interview_id, wanted=body)
    return queries.get_evaluation(actor, interview_id=interview_id)


@router.delete("/comments/{uuid:comment_id}", response={204: None})
def delete_comment(request: HttpRequest, comment_id: UUID) -> None:
    actions.delete_comment(actor_of(request), comment_id=comment_id)


@router.post("/interviews/{uuid:interview_id}/decision", response=EvaluationOut)
def decide(request: HttpRequest, interview_id: UUID, body: DecisionIn) -> EvaluationOut:
    """By owners, admins and whoever planned the interview."""
    actor = actor_of(request)
    actions.decide(actor, interview_id=interview_id, wanted=body)
    return queries.get_evaluation(actor, interview_id=interview_id)


@router.post("/interviews/{uuid:interview_id}/decision/reopen", response=EvaluationOut)
def reopen(request: HttpRequest, interview_id: UUID, body: ReasonIn) -> EvaluationOut:
    actor = actor_of(request)
    actions.reopen(actor, interview_id=interview_id, reason=body.reason)
    return queries.get_evaluation(actor, interview_id=interview_id)


@router.get("/interviews/{uuid:interview_id}/summary.pdf", response={200: None})
def get_summary(request: HttpRequest, interview_id: UUID) -> HttpResponse:
    """The evaluation as a PDF, for those who may read all of it."""
    file = summary.summarise(actor_of(request), interview_id=interview_id)
    headers = {"Content-Disposition": 'attachment; filename="evaluation.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(file, content_type="application/pdf", headers=headers)


@router.post("/interviews/{uuid:interview_id}/feedback/preview", response=FeedbackContent)
def preview_feedback(request: HttpRequest, interview_id: UUID, body: FeedbackIn) -> FeedbackContent:
    """What the candidate would read; nothing is sent."""
    return feedback.preview_feedback(actor_of(request), interview_id=interview_id, wanted=body)


@router.post("/interviews/{uuid:interview_id}/feedback", response=EvaluationOut)
def send_feedback(request: HttpRequest, interview_id: UUID, body: FeedbackIn) -> EvaluationOut:
    """By those who decide, once it is decided; the candidate gets a link by e-mail."""
    actor = actor_of(request)
    feedback.send_feedback(actor, interview_id=interview_id, wanted=body)
    return queries.get_evaluation(actor, interview_id=interview_id)


@router.post("/interviews/{uuid:interview_id}/feedback/revoke", response=EvaluationOut)
def revoke_feedback(request: HttpRequest, interview_id: UUID) -> EvaluationOut:
    """The link that was sent stops working at once."""
    actor = actor_of(request)
    feedback.revoke_feedback(actor, interview_id=interview_id)
    return queries.get_evaluation(actor, interview_id=interview_id)


@router.get("/feedback/{token}", response=FeedbackContent)
def read_feedback(request: HttpRequest, token: str) -> FeedbackContent:
    """What the holder of the link was given to read."""
    return feedback.read_feedback(token)
