"""The e-mails that the running product sent, as they lie in its mailbox."""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import vobject

from tests.product import Product, wait_for


def mail_to(product: Product, address: str, subject: str) -> EmailMessage:
    """The newest to that address with that subject; waits until it was sent."""

    def found() -> EmailMessage | None:
        for path in sorted((product.data / "mailbox").glob("*.eml"), reverse=True):
            mail = BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
            if mail["To"] == address and mail["Subject"] == subject:
                return mail
        return None

    mail = wait_for(found, f"“{subject}” to {address}")
    assert mail is not None
    return mail


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(mail: EmailMessage, path: str) -> str:
    """The address in it whose path begins so."""
    found = re.search(rf"https?://\S+{re.escape(path)}\S+", text_of(mail))
    assert found, text_of(mail)
    return found[0]


def entry_in(mail: EmailMessage) -> Any:
    """Its calendar file, as a parser reads it that shares no code with the writer; part and attachment are one."""
    parts = [part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar"]
    texts = {part if isinstance(part, str) else part.decode() for part in parts}
    (text,) = {"\n".join(text.splitlines()) for text in texts}
    return vobject.readOne(text)
