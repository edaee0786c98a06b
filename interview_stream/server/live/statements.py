"""Cuts a statement into words and brackets; says so where the text has parts that are not understood."""

import re
from dataclasses import dataclass, field
from typing import TypeAlias

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<name>"(?:[^"]|"")+")
  | (?P<text>'(?:[^']|'')*')
  | (?P<given>%s)
  | (?P<percent>%%)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<bracket>[()])
  | (?P<sign>::|<>|<=|>=|!=|\|\||->>|->|[-+*/=<>.,;|&~@\#\[\]])
    """,
    re.VERBOSE,
)
# Where these begin, what looks like a word or a bracket may be none.
_STRANGE = re.compile(r"--|/\*|\$|`|\\|\[|%\(|\b[EeBbXxUuNn]&?'|;\s*\S")


class NotUnderstood(Exception):
    """The statement has a part that this reader does not know."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word in capitals, a quoted name as it is, a sign, or a placeholder with its position among the parameters."""

    kind: str
    text: str
    position: int = -1

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text in words


@dataclass(slots=True)
class Group:
    """What stands between two brackets."""

    parts: list["Part"] = field(default_factory=list)


Part: TypeAlias = Token | Group


def parse(sql: str) -> tuple[list[Part], int]:
    """The statement as a tree of brackets, and how many parameters it takes."""
    if _STRANGE.search(sql):
        raise NotUnderstood
    stack = [Group()]
    position, placeholders = 0, 0
    while position < len(sql):
        found = _TOKEN.match(sql, position)
        if found is None:
            raise NotUnderstood
        position = found.end()
        kind, text = str(found.lastgroup), found.group()
        if kind == "bracket":
            _bracket(stack, text)
        elif kind == "given":
            stack[-1].parts.append(Token(kind, text, placeholders))
            placeholders += 1
        elif kind != "space":
            stack[-1].parts.append(Token(kind, _plain(kind, text)))
    if len(stack) != 1:
        raise NotUnderstood
    return stack[0].parts, placeholders


def _bracket(stack: list[Group], text: str) -> None:
    if text == "(":
        group = Group()
        stack[-1].parts.append(group)
        stack.append(group)
    elif len(stack) == 1:
        raise NotUnderstood
    else:
        stack.pop()


def _plain(kind: str, text: str) -> str:
    if kind == "name":
        return text[1:-1].replace('""', '"')
    return text.upper() if kind == "word" else text
