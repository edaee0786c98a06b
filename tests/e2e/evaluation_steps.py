"""What interviewers do after a call: judge, decide, tell the candidate."""

from playwright.sync_api import expect

from tests.e2e.people import Person


def score(person: Person, skill: str, level: str) -> None:
    group = person.page.get_by_role("radiogroup", name=skill)
    person.press_on(group.get_by_role("radio", name=level, exact=True))


def submit(person: Person) -> None:
    person.press_on(person.page.get_by_role("button", name="Submit scorecard"))
    person.press_on(person.page.get_by_role("alertdialog").get_by_role("button", name="Submit"))


def cite_a_note(person: Person, skill: str, text: str) -> None:
    person.press_on(person.page.get_by_role("button", name=f"Cite a moment for {skill}"))
    person.press_on(person.page.get_by_role("dialog").get_by_role("button", name=text))


def decide(person: Person, outcome: str, reason: str) -> None:
    region = person.page.get_by_role("region", name="Decision")
    person.press_on(person.page.get_by_role("radio", name=outcome))
    person.type_in(region.get_by_label("Reason"), reason)
    person.press_on(person.page.get_by_role("button", name="Decide"))


def give_feedback(person: Person, message: str, skill: str, meaning: str) -> None:
    person.press_on(person.page.get_by_role("button", name="Write feedback"))
    dialog = person.page.get_by_role("dialog")
    person.type_in(dialog.get_by_label("Message"), message)
    person.press_on(dialog.get_by_label(skill))
    person.press_on(dialog.get_by_role("button", name="Preview"))
    expect(dialog).to_contain_text(meaning)
    person.press_on(dialog.get_by_role("button", name="Send"))
    expect(dialog).to_have_count(0)
