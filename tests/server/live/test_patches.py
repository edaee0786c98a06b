"""What is sent in place of a whole result leads from the old one to the new one, for any two."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_stream.server.live.patches import _operations, patch

VECTORS = json.loads((Path(__file__).parents[3] / "web" / "src" / "api" / "patch-vectors.json").read_text())

leaves = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
names = st.sampled_from(["a", "b", "~", "/", "~1", "", "__proto__"])
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=6) | st.dictionaries(names, inner, max_size=4), max_leaves=25
)


def applied(value: Any, operations: list[dict[str, Any]]) -> Any:
    """RFC 6902, sections 4.1 to 4.3, written down without regard to what the server sends."""
    root = {"": json.loads(json.dumps(value))}
    for operation in operations:
        *above, last = (step.replace("~1", "/").replace("~0", "~") for step in f"{operation['path']}".split("/"))
        holder: Any = root
        for step in above:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        key: Any = int(last) if isinstance(holder, list) else last
        match operation["op"]:
            case "add" if isinstance(holder, list):
                assert key <= len(holder)
                holder.insert(key, operation["value"])
            case "add":
                holder[key] = operation["value"]
            case "remove":
                del holder[key]
            case "replace":
                assert holder[key] != object()
                holder[key] = operation["value"]
    return root[""]


def text(value: Any) -> str:
    """JSON tells true from 1, which Python's == does not."""
    return json.dumps(value, sort_keys=True)


@given(values, values)
def test_a_patch_leads_from_any_value_to_any_other(old: Any, new: Any) -> None:
    operations = list(_operations(old, new, ""))
    assert text(applied(old, operations)) == text(new)
    assert bool(operations) is (text(old) != text(new))


@given(st.lists(values, max_size=8), st.data())
def test_one_row_that_comes_or_goes_is_one_operation(rows: list[Any], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows)))
    more = [*rows[:place], data.draw(values), *rows[place:]]
    for old, new in ((rows, more), (more, rows)):
        operations = list(_operations(old, new, ""))
        assert len(operations) == 1
        assert text(applied(old, operations)) == text(new)


@pytest.mark.parametrize("vector", VECTORS)
def test_the_patches_that_the_browser_is_tested_with_are_those_of_the_server(vector: dict[str, Any]) -> None:
    assert list(_operations(vector["old"], vector["new"], "")) == vector["patch"]


def test_a_patch_that_is_no_shorter_is_not_sent() -> None:
    assert patch(b"[1]", b"[2]") is None
    long = [{"id": number, "name": "x" * 20} for number in range(20)]
    changed = [{**row, "name": "y"} if row["id"] == 7 else row for row in long]
    assert patch(json.dumps(long).encode(), json.dumps(changed).encode()) == (
        b'[{"op":"replace","path":"/7/name","value":"y"}]'
    )
