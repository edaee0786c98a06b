"""The evaluation of an interview as a PDF, to file it or to carry it to a meeting."""

from functools import cache
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import font_roboto
from django.utils import timezone
from fpdf import FPDF, TextStyle
from fpdf.enums import XPos, YPos

from interview_stream.server.accounts.actor import Actor, member_among
from interview_stream.server.accounts.audit import Act
from interview_stream.server.evaluations.models import judged_by, still_scored_by
from interview_stream.server.evaluations.queries import get_evaluation
from interview_stream.server.evaluations.schemas import EvaluationOut, ScorecardOut
from interview_stream.server.interviews.auditing import record_of
from interview_stream.server.interviews.models import Interview
from interview_stream.server.kits.skills import Level
from interview_stream.server.lib.languages import clock, day, long_day
from interview_stream.server.lib.problems import Forbidden

LEVELS = {Level.STRONG_NO: "Strong no", Level.NO: "No", Level.YES: "Yes", Level.STRONG_YES: "Strong yes"}
OUTCOMES = {"pass": "Pass", "fail": "Fail", "hold": "On hold"}
GREY, BLACK = (110, 106, 100), (28, 25, 23)
# The typeface that comes along has Latin, Greek and Cyrillic letters; for others the machine's are used, if it has any.
TYPEFACE = Path(font_roboto.__file__).parent / "files"
FOLDERS = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
WIDER = ["DejaVuSans.ttf", "NotoSans-Regular.ttf", "NotoSansArabic-Regular.ttf", "NotoSansHebrew-Regular.ttf",
         "NotoSansDevanagari-Regular.ttf", "NotoSansCJK-Regular.ttc"]  # fmt: skip


def summarise(actor: Actor, *, interview_id: UUID) -> bytes:
    """For those who may read all of it: not who still scores, only watches, or is the candidate."""
    member = member_among(actor)
    found = Interview.objects.visible_to(actor).select_related("invitation", "organisation", "kit_version")
    interview = found.one(interview_id)
    if not judged_by(member).filter(pk=interview.pk).exists():
        raise Forbidden("The evaluation of this interview is not for you to read.", slug="evaluation-closed")
    if still_scored_by(member).filter(pk=interview.pk).exists():
        raise Forbidden("Submit your own scorecard first; then you read the others'.", slug="scorecard-missing")
    evaluation = get_evaluation(actor, interview_id=interview_id)
    record_of(interview, member.user, Act.SUMMARY_DOWNLOADED)
    zone = ZoneInfo(member.user.time_zone or interview.time_zone)
    return _Page(interview, evaluation, zone, member.user.language).written()


@cache
def _wider_typefaces() -> list[Path]:
    names = {path.name: path for folder in FOLDERS if folder.is_dir() for path in folder.rglob("*.tt[fc]")}
    return [names[name] for name in WIDER if name in names]


class _Page:
    def __init__(self, interview: Interview, evaluation: EvaluationOut, zone: ZoneInfo, language: str) -> None:
        self._interview, self._evaluation, self._zone, self._language = interview, evaluation, zone, language
        self._pdf = pdf = FPDF(format="A4")
        pdf.set_margin(20)
        pdf.set_auto_page_break(auto=True, margin=20)
        pdf.add_font("Text", "", TYPEFACE / "Roboto-Regular.ttf")
        pdf.add_font("Text", "B", TYPEFACE / "Roboto-Bold.ttf")
        wider = _wider_typefaces()
        for number, path in enumerate(wider):
            pdf.add_font(f"Wider{number}", "", path)
        pdf.set_fallback_fonts([f"Wider{number}" for number in range(len(wider))], exact_match=False)
        pdf.set_text_shaping(use_shaping_engine=True)
        pdf.set_title(f"Evaluation: {interview.title}")
        pdf.set_section_title_styles(
            TextStyle(font_family="Text", font_style="B", font_size_pt=13, t_margin=6, b_margin=2)
        )
        pdf.add_page()

    def written(self) -> bytes:
        self._head()
        self._decision()
        cards = [card for card in [self._evaluation.mine, *self._evaluation.others] if card and card.submitted_at]
        if cards:
            self._ratings(cards)
            for card in cards:
                self._card(card)
        self._missing()
        if self._evaluation.comments:
            self._section("Comments")
            for comment in self._evaluation.comments:
                self._line(f"{comment.author.name}, {comment.stars} of 5 stars", colour=GREY)
                self._line(comment.text, after=2)
        now = timezone.now().astimezone(self._zone)
        written = f"Written {day(now, self._language)}, {clock(now, self._language)} {now:%Z}"
        self._line(written, size=8, colour=GREY)
        return bytes(self._pdf.output())

    def _head(self) -> None:
        interview, candidate = self._interview, self._interview.invitation
        self._line(interview.organisation.name, size=9, colour=GREY)
        self._line(f"Evaluation of {candidate.name or 'the candidate'}", size=20, bold=True)
        self._line(interview.title, size=12, after=1)
        start = (interview.scheduled_for or interview.created_at).astimezone(self._zone)
        people = ", ".join(interview.assignments.values_list("user__name", flat=True))
        when = f"{long_day(start, self._language)}, {clock(start, self._language)} {start:%Z}"
        self._line(f"{when} · held by {people}", colour=GREY, after=2)

    def _decision(self) -> None:
        decision = self._evaluation.decision
        self._section("Decision")
        if decision is None:
            self._line("Not decided yet.")
            return
        self._line(OUTCOMES[decision.outcome], bold=True, size=12)
        if decision.reason:
            self._line(f"“{decision.reason}”")
        self._line(f"{decision.by.name}, {day(decision.at.astimezone(self._zone), self._language)}", colour=GREY)

    def _ratings(self, cards: list[ScorecardOut]) -> None:
        self._section("Scorecards")
        self._font(size=9)
        widths = (2, *[1 for _ in cards])
        with self._pdf.table(
            borders_layout="HORIZONTAL_LINES", col_widths=widths, line_height=6, align="LEFT"
        ) as table:
            table.row(["", *(card.author.name for card in cards)])
            table.row(["Overall", *(LEVELS[card.overall] if card.overall else "-" for card in cards)])
            for skill in self._evaluation.skills:
                levels = [card.ratings.get(skill.key) for card in cards]
                table.row([skill.name, *(LEVELS[level] if level else "Not seen" for level in levels)])

    def _card(self, card: ScorecardOut) -> None:
        names = {skill.key: skill.name for skill in self._evaluation.skills}
        if not card.summary and not card.moments:
            return
        self._section(card.author.name)
        if card.summary:
            self._line(card.summary, after=1)
        for key, moments in card.moments.items():
            for moment in moments:
                at = clock(moment.at.astimezone(self._zone), self._language, with_seconds=True)
                self._line(f"{names.get(key, key)}, {at}: {moment.text or 'cited'}", size=9, colour=GREY)

    def _missing(self) -> None:
        """Whoever reads it elsewhere knows whose view is not in it."""
        names = [scorer.person.name for scorer in self._evaluation.scorers if not scorer.has_submitted]
        if names:
            self._section("Not submitted")
            self._line(f"No scorecard was submitted by {', '.join(names)}.")

    def _section(self, title: str) -> None:
        self._pdf.start_section(title)
        self._pdf.ln(1)

    def _line(
        self, text: str, *, size: int = 10, bold: bool = False, colour: tuple[int, int, int] = BLACK, after: float = 0
    ) -> None:
        self._font(size=size, bold=bold, colour=colour)
        self._pdf.multi_cell(0, size * 0.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._pdf.ln(after)

    def _font(self, *, size: int, bold: bool = False, colour: tuple[int, int, int] = BLACK) -> None:
        self._pdf.set_font("Text", "B" if bold else "", size)
        self._pdf.set_text_color(*colour)
