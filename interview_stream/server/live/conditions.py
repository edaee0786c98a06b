"""Finds, in the text of a SELECT, which tables it reads and what must hold for a row of each to matter.

What it relies on: a combination of rows that fails a condition joined by AND in WHERE, or in the ON of an inner join,
is not in the result. So a row of table T, read as t, matters only if `t.column = value` holds wherever that is such a
condition (or follows from others by `t.column = u.column`). In the ON of a left join the same goes for the joined table
only: without a partner the other rows stay. Groups, counts, order and slices are made from the combinations left.

A sub-select of an expression is worked out for rows that matter, so an equality with a column of the outer query counts
too. Whatever is not one of the few forms known here sets no condition, and a table that is named anywhere but in a
FROM that was understood is read as a whole. The promise is tested by property: tests/server/live/test_promise.py.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from interview_stream.server.live.keys import Value, known_tables
from interview_stream.server.live.sets import Read
from interview_stream.server.live.statements import Group, NotUnderstood, Part, Token, parse

_WORD = re.compile(r"\w+")
_CLAUSES = ("SELECT", "FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR")
_COMBINE = ("UNION", "INTERSECT", "EXCEPT")
_JOIN = ("INNER", "LEFT", "OUTER", "CROSS", "JOIN")
_OTHER_FORMS = ("FROM", "WITH", "INTO", "VALUES", "USING", "NATURAL", "RIGHT", "FULL")
# More values than this in one IN are no longer worth looking rows up by.
_MAX_VALUES = 1000

Source = tuple[int, ...]
"""Positions of the parameters that a column must be among."""

Column = tuple[str, str]


@dataclass(frozen=True)
class _Template:
    """One table of a statement, with conditions still to be filled from the parameters."""

    table: str
    sources: tuple[tuple[str, Source], ...]

    def bind(self, params: Sequence[object]) -> Read:
        condition = [self._one(column, source, params) for column, source in self.sources] if params else []
        return self.table, frozenset(one for one in condition if one is not None)

    def _one(self, column: str, source: Source, params: Sequence[object]) -> tuple[int, frozenset[Value]] | None:
        keys = known_tables()[self.table]
        position = keys.columns.index(column)
        values = {keys.kinds[position].canonical(params[index]) for index in source}
        if () in values:
            return None
        return position, frozenset(values - {None})  # NULL equals nothing


@dataclass(frozen=True)
class Plan:
    templates: tuple[_Template, ...]
    placeholders: int

    def bind(self, params: Sequence[object]) -> frozenset[Read]:
        given = params if len(params) == self.placeholders else ()
        return frozenset(template.bind(given) for template in self.templates)


def reads_of(sql: str, params: object) -> frozenset[Read]:
    """The reads of one statement, whatever it is. Pages ask the same again and again, so they are kept for a while."""
    given = tuple(params) if isinstance(params, list | tuple) else ()
    try:
        return _bound(sql, given, tuple(map(type, given)))
    except TypeError:  # Not everything can be looked up by.
        return _plan(sql).bind(given)


@lru_cache(maxsize=4096)
def _bound(sql: str, params: tuple[object, ...], _types: tuple[type, ...]) -> frozenset[Read]:
    """By the types as well: True and 1 are equal, and not the same value of every kind of column."""
    return _plan(sql).bind(params)


@lru_cache(maxsize=1)
def _by_lower_name() -> dict[str, str]:
    return {table.lower(): table for table in known_tables()}


def tables_named(sql: str) -> set[str]:
    """Every known table whose name occurs: a column of the same name costs a needless run, never a missed one."""
    tables = _by_lower_name()
    return {tables[word] for word in _WORD.findall(sql.lower()) if word in tables}


@lru_cache(maxsize=4096)
def _plan(sql: str) -> Plan:
    try:
        parts, placeholders = parse(sql)
        reader = _Reader()
        reader.query(parts, _Scope({}, None))
    except NotUnderstood:
        return Plan(tuple(_Template(table, ()) for table in tables_named(sql)), 0)
    understood = Counter(template.table for template in reader.templates)
    elsewhere = [_Template(table, ()) for table, count in Counter(_uses(parts)).items() if count > understood[table]]
    return Plan(tuple(dict.fromkeys([*reader.templates, *elsewhere])), placeholders)


def _uses(parts: Sequence[Part]) -> Iterator[str]:
    """Each mention of a table but as part of a column's name."""
    names = _by_lower_name()
    for index, part in enumerate(parts):
        if isinstance(part, Group):
            yield from _uses(part.parts)
        elif (
            part.kind in ("name", "word")
            and _lower(part) in names
            and not any(isinstance(near, Token) and near.text == "." for near in parts[max(index - 1, 0) : index + 2])
        ):
            yield names[_lower(part)]


@dataclass
class _Scope:
    """The tables of one SELECT by the names they have there, and what is known of their columns."""

    tables: dict[str, str | None]
    outer: "_Scope | None"
    known: dict[Column, Source] = field(default_factory=dict)

    def look_up(self, column: Column) -> Source | None:
        """From here outwards; a name that is defined here hides the same name outside."""
        if column[0] in self.tables:
            return self.known.get(column)
        return self.outer.look_up(column) if self.outer else None


@dataclass(frozen=True)
class _Joined:
    alias: str
    is_left: bool
    on: Sequence[Part]


class _Reader:
    """Goes through a statement's selects, outer before inner."""

    def __init__(self) -> None:
        self.templates: list[_Template] = []

    def query(self, parts: Sequence[Part], outer: _Scope | None) -> None:
        """A SELECT, or several combined, or one in brackets."""
        parts = _without_all(parts)
        if len(parts) == 1 and isinstance(parts[0], Group):
            self.query(parts[0].parts, outer)
            return
        start = 0
        for index, part in enumerate([*parts, Token("word", "UNION")]):
            if _combines(part):
                self._one_of_query(parts[start:index], outer)
                start = index + 1

    def _one_of_query(self, parts: Sequence[Part], outer: _Scope | None) -> None:
        if not parts:
            raise NotUnderstood
        if isinstance(parts[0], Group) and _is_query(parts[0]):
            self.query(parts[0].parts, outer)
            self._inner(parts[1:], outer)
        elif isinstance(parts[0], Token) and parts[0].is_word("SELECT"):
            self._select(parts, outer)
        else:
            raise NotUnderstood

    def _select(self, parts: Sequence[Part], outer: _Scope | None) -> None:
        clauses = _clauses(parts)
        scope = _Scope({}, outer)
        joined = self._from(clauses.get("FROM", []), scope)
        equalities: list[tuple[Column, Column]] = []
        for conjunct in _conjuncts(clauses.get("WHERE", [])):
            _learn(conjunct, scope, equalities, only=None)
        for join in joined:
            for conjunct in _conjuncts(join.on):
                _learn(conjunct, scope, equalities, only=join.alias if join.is_left else None)
        _spread(scope, equalities)
        for alias, table in scope.tables.items():
            if table is not None:
                self._read(table, alias, scope)
        for name, clause in clauses.items():
            if name != "FROM":
                self._inner(clause, scope)
        for join in joined:
            self._inner(join.on, scope)

    def _read(self, table: str, alias: str, scope: _Scope) -> None:
        columns = known_tables()[table].columns
        sources = tuple(
            (column, source)
            for column in columns
            if (source := scope.known.get((alias, column.lower()))) is not None and len(source) <= _MAX_VALUES
        )
        self.templates.append(_Template(table, sources))

    def _inner(self, parts: Sequence[Part], scope: _Scope | None) -> None:
        """The selects inside an expression."""
        for part in parts:
            if isinstance(part, Group):
                if _is_query(part):
                    self.query(part.parts, scope)
                else:
                    self._inner(part.parts, scope)
            elif part.is_word("SELECT"):
                raise NotUnderstood

    def _from(self, parts: Sequence[Part], scope: _Scope) -> list[_Joined]:
        joined: list[_Joined] = []
        rest, is_left = list(parts), False
        while rest:
            alias, rest = self._source(rest, scope)
            end = next((i for i, part in enumerate(rest) if _starts_source(part)), len(rest))
            on, rest = rest[:end], rest[end:]
            if on:
                if not (isinstance(on[0], Token) and on[0].is_word("ON")):
                    raise NotUnderstood
                joined.append(_Joined(alias, is_left, on[1:]))
            words = []
            while rest and _starts_source(rest[0]):
                words.append(rest.pop(0).text)  # type: ignore[union-attr]
            is_left = "LEFT" in words
        return joined

    def _source(self, parts: list[Part], scope: _Scope) -> tuple[str, list[Part]]:
        """A table or a bracketed select, with the name it has in this select."""
        first, rest = parts[0], parts[1:]
        table: str | None = None
        if isinstance(first, Group):
            # Names of this FROM mean nothing inside: what is known of them must not be taken there.
            self.query(first.parts, scope.outer)
            name = ""
        elif first.kind in ("name", "word") and not first.is_word(*_CLAUSES, "LATERAL", "ONLY"):
            name = _lower(first)
            table = _by_lower_name().get(name)
        else:
            raise NotUnderstood
        if rest and isinstance(rest[0], Token) and rest[0].is_word("AS"):
            rest = rest[1:]
        if rest and _is_alias(rest[0]):
            name, rest = _lower(rest[0]), rest[1:]  # type: ignore[arg-type]
        if name in scope.tables or (rest and isinstance(rest[0], Group)):
            raise NotUnderstood
        scope.tables[name] = table
        return name, rest


def _is_query(group: Group) -> bool:
    first = group.parts[0] if group.parts else None
    if isinstance(first, Group):
        return _is_query(first) and (len(group.parts) == 1 or any(map(_combines, group.parts)))
    return first is not None and first.is_word("SELECT")


def _without_all(parts: Sequence[Part]) -> list[Part]:
    """UNION ALL reads what UNION reads."""
    return [
        part
        for index, part in enumerate(parts)
        if not (isinstance(part, Token) and part.is_word("ALL") and index and _combines(parts[index - 1]))
    ]


def _combines(part: Part) -> bool:
    return isinstance(part, Token) and part.is_word(*_COMBINE)


def _clauses(parts: Sequence[Part]) -> dict[str, list[Part]]:
    clauses: dict[str, list[Part]] = {}
    current: list[Part] = []
    for part in parts:
        if isinstance(part, Token) and part.is_word(*_CLAUSES) and not (part.is_word("FROM") and "FROM" in clauses):
            current = clauses.setdefault(part.text, [])
        elif isinstance(part, Token) and part.is_word(*_OTHER_FORMS):
            raise NotUnderstood
        else:
            current.append(part)
    return clauses


def _starts_source(part: Part) -> bool:
    return isinstance(part, Token) and (part.is_word(*_JOIN) or part.text == ",")


def _is_alias(part: Part) -> bool:
    return isinstance(part, Token) and (
        part.kind == "name" or (part.kind == "word" and not part.is_word("ON", "INDEXED", "NOT", *_JOIN))
    )


def _conjuncts(parts: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """What must hold each by itself."""
    if any(isinstance(part, Token) and part.is_word("OR", "BETWEEN", "CASE") for part in parts):
        return
    start = 0
    for index, part in enumerate([*parts, Token("word", "AND")]):
        if isinstance(part, Token) and part.is_word("AND"):
            piece = parts[start:index]
            start = index + 1
            if len(piece) == 1 and isinstance(piece[0], Group) and not _is_query(piece[0]):
                yield from _conjuncts(piece[0].parts)
            else:
                yield piece


def _learn(piece: Sequence[Part], scope: _Scope, equalities: list[tuple[Column, Column]], only: str | None) -> None:
    """`only` is the table that a left join adds: its ON says nothing of the others."""
    match piece:
        case [Token() as a, Token(text="."), Token() as b, Token(text="="), Token(kind="given") as given]:
            column = _column(a, b)
            if column and only in (None, column[0]):
                _set(scope, column, (given.position,))
        case [Token() as a, Token(text="."), Token() as b, Token(kind="word", text="IN"), Group() as group]:
            column, source = _column(a, b), _placeholders(group)
            if column and source is not None and only in (None, column[0]):
                _set(scope, column, source)
        case [Token() as a, Token(text="."), Token() as b, Token(text="="), *rest]:
            one, other = _column(a, b), _only_column(rest)
            if one and other:
                equalities += [pair for pair in ((one, other), (other, one)) if only in (None, pair[1][0])]


def _column(table: Token, column: Token) -> Column | None:
    is_plain = table.kind in ("name", "word") and column.kind in ("name", "word")
    return (_lower(table), _lower(column)) if is_plain else None


def _only_column(parts: Sequence[Part]) -> Column | None:
    match parts:
        case [Token() as table, Token(text="."), Token() as column]:
            return _column(table, column)
        case [Group() as group]:
            return _only_column(group.parts)
    return None


def _set(scope: _Scope, column: Column, source: Source) -> None:
    if column[0] in scope.tables:
        scope.known.setdefault(column, source)


def _spread(scope: _Scope, equalities: Sequence[tuple[Column, Column]]) -> None:
    """What is known of one column holds for the columns that equal it."""
    is_new = True
    while is_new:
        is_new = False
        for one, other in equalities:
            source = scope.look_up(one)
            if source is not None and other[0] in scope.tables and other not in scope.known:
                scope.known[other] = source
                is_new = True


def _placeholders(group: Group) -> Source | None:
    positions: list[int] = []
    for index, part in enumerate(group.parts):
        if not isinstance(part, Token) or (part.kind != "given" if index % 2 == 0 else part.text != ","):
            return None
        if part.kind == "given":
            positions.append(part.position)
    return tuple(positions)


def _lower(token: Token) -> str:
    return token.text.lower()
