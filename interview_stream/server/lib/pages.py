"""Pages of a list that moves: each is a range in its order, so that nothing is shown twice or missed.

A cursor is the place of a row: the values that order the list, the last of which is unique. `after` begins a page, and
without `upto` it has so many rows. A reader that goes on gives the page the `upto` at which it ended, and from then on
it is that range, however many rows come and go in it. Both stay valid when the row itself is gone.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Field, GeneratedField, Model, Q, QuerySet
from pydantic import Field as Described

from interview_stream.server.lib.problems import Invalid
from interview_stream.server.lib.schemas import Schema

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")

MOST_ROWS = 500
"""Of one page, when many came into its range; what does not fit begins the next."""


class PageOut(Schema, Generic[Item]):
    items: list[Item]
    next: str | None = Described(description="Where this page ends and the next begins; null on the last.")


def page_of(
    rows: QuerySet[Row],
    order: Sequence[str],
    make: Callable[[Row], Item],
    *,
    after: str = "",
    upto: str = "",
    size: int,
) -> PageOut[Item]:
    """`order` names fields of the row itself, `-` for falling, the last one unique; `make` gives what is shown."""
    if after:
        rows = rows.filter(_beyond(rows, order, after))
    most = size
    if upto:
        rows, most = rows.exclude(_beyond(rows, order, upto)), MOST_ROWS
    found = list(rows.order_by(*order)[: most + 1])
    shown = found[:most]
    has_more = len(found) > most
    end = _cursor(shown[-1], order) if has_more else (upto or None)
    return PageOut(items=[make(row) for row in shown], next=end)


def _cursor(row: Model, order: Sequence[str]) -> str:
    values = [field.value_to_string(row) for field in _fields(type(row), order)]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _beyond(rows: QuerySet[Row], order: Sequence[str], cursor: str) -> Q:
    """Rows that come after this place."""
    found, same = Q(), Q()
    for name, value in zip(order, _values(rows, order, cursor), strict=True):
        field = name.lstrip("-")
        found |= same & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        same &= Q(**{field: value})
    return found


def _values(rows: QuerySet[Row], order: Sequence[str], cursor: str) -> list[Any]:
    try:
        texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_read(field, text) for field, text in zip(_fields(rows.model, order), texts, strict=True)]
    except (binascii.Error, ValueError, TypeError, ValidationError):
        raise Invalid("This place in the list cannot be read. Load the page again.", slug="cursor") from None


def _fields(model: type[Model], order: Sequence[str]) -> list[Field[Any, Any]]:
    found = [model._meta.get_field(name.lstrip("-")) for name in order]  # noqa: SLF001 - Django's documented Meta API
    return [field for field in found if isinstance(field, Field)]


def _read(field: Field[Any, Any], text: str) -> Any:
    """A column that the database works out is of another field's type."""
    worked_out = field.output_field if isinstance(field, GeneratedField) else None
    return (worked_out or field).to_python(text)
