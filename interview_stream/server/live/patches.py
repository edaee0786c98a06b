"""What to change in a result that a client has, as JSON Patch (RFC 6902), where that is shorter than the new one.

Of a list what stays at both ends is left alone, and what is between is compared place by place: so one row that comes,
goes or changes is one small operation. Only `add`, `remove` and `replace` are used.
"""

import json
from collections.abc import Iterator
from typing import Any

Operation = dict[str, Any]


def patch(old: bytes, new: bytes) -> bytes | None:
    """From one JSON text to another; None if the new one itself is no longer."""
    operations = list(_operations(json.loads(old), json.loads(new), ""))
    text = json.dumps(operations, separators=(",", ":"), ensure_ascii=False).encode()
    return text if len(text) < len(new) else None


def _operations(old: Any, new: Any, path: str) -> Iterator[Operation]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _of_object(old, new, path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_list(old, new, path)
    elif not _is_same(old, new):
        yield {"op": "replace", "path": path, "value": new}


def _of_object(old: dict[str, Any], new: dict[str, Any], path: str) -> Iterator[Operation]:
    for name in old:
        if name not in new:
            yield {"op": "remove", "path": _below(path, name)}
    for name, value in new.items():
        if name in old:
            yield from _operations(old[name], value, _below(path, name))
        else:
            yield {"op": "add", "path": _below(path, name), "value": value}


def _of_list(old: list[Any], new: list[Any], path: str) -> Iterator[Operation]:
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and _is_same(old[head], new[head]):
        head += 1
    tail = 0
    while tail < shorter - head and _is_same(old[-1 - tail], new[-1 - tail]):
        tail += 1
    both = shorter - tail
    for place in range(head, both):
        yield from _operations(old[place], new[place], f"{path}/{place}")
    for _ in range(both, len(old) - tail):
        yield {"op": "remove", "path": f"{path}/{both}"}
    for place in range(both, len(new) - tail):
        yield {"op": "add", "path": f"{path}/{place}", "value": new[place]}


def _is_same(old: Any, new: Any) -> bool:
    """As JSON: Python takes true for 1."""
    if type(old) is not type(new):
        return False
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(_is_same(value, new[name]) for name, value in old.items())
    if isinstance(old, list):
        return len(old) == len(new) and all(map(_is_same, old, new))
    return repr(old) == repr(new) if isinstance(old, float) else bool(old == new)


def _below(path: str, name: str) -> str:
    return f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
