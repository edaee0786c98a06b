"""Reads the kept e-mails: what they say, and their parts."""

from datetime import datetime
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser

from interview_stream.server.lib.problems import NotFound
from interview_stream.server.lib.schemas import Schema
from interview_stream.server.mailbox.backend import folder, kept


class MailPartOut(Schema):
    name: str
    mime: str
    size_bytes: int


class KeptMailOut(Schema):
    id: str
    sent_at: datetime
    sender: str
    to: str
    subject: str
    text: str
    has_html: bool
    attachments: list[MailPartOut]


def list_mails() -> list[KeptMailOut]:
    """The newest first."""
    return [_told(path.stem, _parsed(path.read_bytes())) for path in kept()]


def html_of(mail_id: str) -> str:
    body = _one(mail_id).get_body(("html",))
    if body is None:
        raise NotFound("This e-mail has no HTML.")
    return str(body.get_content())


def attachment_of(mail_id: str, number: int) -> tuple[str, bytes]:
    """Its name and content."""
    found = list(_one(mail_id).iter_attachments())
    if not 0 <= number < len(found):
        raise NotFound("There is no such attachment.")
    return found[number].get_filename() or "file", _content(found[number])


def _one(mail_id: str) -> EmailMessage:
    path = folder() / f"{mail_id}.eml"
    if path not in kept():
        raise NotFound("There is no such e-mail.")
    return _parsed(path.read_bytes())


def _parsed(content: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(content)


def _told(mail_id: str, mail: EmailMessage) -> KeptMailOut:
    plain = mail.get_body(("plain",))
    return KeptMailOut(
        id=mail_id,
        sent_at=mail["Date"].datetime,
        sender=str(mail["From"]),
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        text=str(plain.get_content()) if plain else "",
        has_html=mail.get_body(("html",)) is not None,
        attachments=[
            MailPartOut(
                name=part.get_filename() or "file",
                mime=part.get_content_type(),
                size_bytes=len(_content(part)),
            )
            for part in mail.iter_attachments()
        ],
    )


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
