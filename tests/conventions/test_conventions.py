"""The habits of this code base that a machine can check."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "interview_stream"
WEB = ROOT / "web" / "src"

CAP_PYTHON, CAP_TSX, CAP_FUNCTION = 800, 400, 80
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "info"}

# File: why it may be longer than the cap.
LONG_FILES: dict[str, str] = {}


def python_files() -> Iterator[Path]:
    for folder in (PACKAGE, ROOT / "tests", ROOT / "bench"):
        yield from (path for path in folder.rglob("*.py") if "migrations" not in path.parts)


def typescript_files() -> Iterator[Path]:
    for pattern in ("*.ts", "*.tsx"):
        yield from (path for path in WEB.rglob(pattern) if not path.name.endswith(".gen.ts"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_files_stay_within_their_caps() -> None:
    too_long = []
    for path in [*python_files(), *typescript_files()]:
        vendored = "components/ui" in path.as_posix()
        cap = CAP_TSX if path.suffix == ".tsx" else CAP_PYTHON
        lines = path.read_text().count("\n")
        if lines > cap and not vendored and relative(path) not in LONG_FILES:
            too_long.append(f"{relative(path)}: {lines} lines, cap {cap}")
    assert not too_long


def test_functions_stay_within_their_cap() -> None:
    too_long = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > CAP_FUNCTION:
                    too_long.append(f"{relative(path)}:{node.lineno} {node.name}: {lines} lines")
    assert not too_long


def test_no_file_has_a_name_that_says_nothing() -> None:
    bad = [
        relative(path)
        for path in [*python_files(), *typescript_files()]
        if FORBIDDEN_NAMES & set(re.split(r"[-_.]", path.stem))
    ]
    assert not bad


def test_every_module_says_what_it_hides() -> None:
    silent = [
        relative(path)
        for path in PACKAGE.rglob("*.py")
        if "migrations" not in path.parts
        and path.read_text().strip()
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not silent


@pytest.mark.parametrize("layer", ["wire", "core"])
def test_each_module_of_the_media_engine_has_its_own_test_module(layer: str) -> None:
    modules = {path.stem for path in (PACKAGE / "sfu" / layer).glob("*.py")} - {"__init__"}
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests" / "sfu" / layer).glob("test_*.py")}
    assert modules - tested == set()


def test_each_server_app_has_its_tests() -> None:
    apps = {path.parent.name for path in (PACKAGE / "server").glob("*/models.py")}
    tested = {path.name for path in (ROOT / "tests" / "server").iterdir() if path.is_dir()}
    assert apps
    assert apps - tested == set()


def test_each_setting_is_documented() -> None:
    source = (PACKAGE / "environment.py").read_text()
    read = {f"INTERVIEW_STREAM_{name}" for name in re.findall(r"(?:text|number|minutes)\(\"([A-Z_]+)\"", source)}
    elsewhere = set()
    for path in PACKAGE.rglob("*.py"):
        elsewhere |= set(re.findall(r"INTERVIEW_STREAM_[A-Z_]*[A-Z]", path.read_text()))
    documented = set(re.findall(r"INTERVIEW_STREAM_[A-Z_]+", (ROOT / ".env.example").read_text()))
    assert read
    assert (read | elsewhere) - documented == set()


def test_lock_files_hold_no_addresses() -> None:
    locks = [*(ROOT / "requirements").glob("*.txt"), ROOT / "web" / "package-lock.json"]
    addressed = [
        relative(path) for path in locks if re.search(r"resolved|https?://[^\"]*\.(tgz|whl|gz)", path.read_text())
    ]
    assert not addressed


def test_the_version_is_the_newest_of_the_changelog() -> None:
    from importlib.metadata import version

    newest = re.search(r"(?m)^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text())
    assert newest
    assert version("interview-stream") == newest.group(1)


def test_each_act_of_the_audit_log_has_its_words() -> None:
    acts = set(re.findall(r'= "([a-z]+\.[a-z-]+)"', (PACKAGE / "server" / "accounts" / "audit.py").read_text()))
    worded = set(re.findall(r'"([a-z]+\.[a-z-]+)":', (WEB / "features" / "accounts" / "audit-page.tsx").read_text()))
    assert acts
    assert acts - worded == set()


COMPARED = ROOT / "docs" / "developers" / "accounts-compared.md"


def compared_rows() -> list[list[str]]:
    """Of the tables that say what accounts here do: feature, yes or no, test or reason, remark."""
    lines = [line for line in COMPARED.read_text().splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if row[0] != "feature" and set(row[0]) != {"-"}]


def test_each_compared_feature_has_its_test_or_a_reason() -> None:
    rows = compared_rows()
    assert len(rows) > 50
    for row in rows:
        assert len(row) == 4, row
        assert row[1] in ("yes", "no"), row
        is_test = re.fullmatch(r"`tests/\S+\.py::test_\w+`", row[2]) is not None
        assert is_test == (row[1] == "yes"), row
        assert is_test or len(row[2].split()) > 3, f"a reason is missing: {row}"


def test_each_test_that_the_comparison_names_is_there() -> None:
    named = re.findall(r"`(tests/\S+\.py)::(test_\w+)`", COMPARED.read_text())
    assert named
    missing = []
    for file, test in named:
        path = ROOT / file
        if not path.is_file() or f"def {test}(" not in path.read_text():
            missing.append(f"{file}::{test}")
    assert not missing


def test_one_place_knows_how_the_reader_writes_days_and_numbers() -> None:
    """Whatever formats by itself forgets what the account says."""
    ours = {WEB / "lib" / "locale.ts", WEB / "lib" / "time.ts"}
    by_itself = re.compile(r"\btoLocale(Date|Time)?String\(|\bIntl\.(DateTime|Number|List)Format\b|\.toFixed\(")
    found = [
        f"{relative(path)}: {match.group()}"
        for path in typescript_files()
        if path not in ours and ".test." not in path.name
        for match in by_itself.finditer(path.read_text())
    ]
    assert not found
