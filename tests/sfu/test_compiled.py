"""The compiled twin is used when it was made from exactly these sources, and only then."""

import shutil
import subprocess
import sys
from pathlib import Path

from interview_stream.sfu import compiled

REPORT = """
from interview_stream.sfu import compiled
print(compiled.use(), compiled.is_in_use())
from interview_stream.sfu.core import forwarder
from interview_stream.sfu.wire import rtp
from interview_stream.sfu.io import udp
print(*{module.__file__.rpartition(".")[2] for module in (forwarder, rtp, udp)})
"""


def run(code: str, root: Path) -> list[str]:
    """What a fresh interpreter prints in a folder that holds the package."""
    result = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    return result.stdout.splitlines()


def copy_of_package(root: Path) -> Path:
    """The package with its twin, to change at will."""
    shutil.copytree(compiled.HERE, root / "interview_stream" / "sfu", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__init__.py", "environment.py", "keys.py"):
        shutil.copyfile(compiled.HERE.parent / name, root / "interview_stream" / name)
    shutil.copytree(compiled.HERE.parent / "capture", root / "interview_stream" / "capture")
    shutil.copytree(compiled.TWINS, root / "build" / "sfu")
    return root


def test_the_twin_of_these_sources_is_there_and_used(tmp_path: Path) -> None:
    assert run(REPORT, copy_of_package(tmp_path)) == ["True True", "so"]


def test_a_changed_source_is_never_shadowed_by_an_older_twin(tmp_path: Path) -> None:
    root = copy_of_package(tmp_path)
    with (root / "interview_stream" / "sfu" / "wire" / "rtp.py").open("a") as file:
        file.write("\nCHANGED = True\n")
    assert run(REPORT, root) == ["False False", "py"]


def test_half_a_twin_is_none(tmp_path: Path) -> None:
    root = copy_of_package(tmp_path)
    for done in (root / "build" / "sfu").glob(f"*/{compiled.DONE}"):
        done.unlink()
    assert run(REPORT, root) == ["False False", "py"]


def test_what_is_imported_already_cannot_be_replaced(tmp_path: Path) -> None:
    late = """
from interview_stream.sfu import compiled
from interview_stream.sfu.wire import rtp
try:
    compiled.use()
except RuntimeError as error:
    print(error)
"""
    (message,) = run(late, copy_of_package(tmp_path))
    assert message == "interview_stream.sfu.errors is in use as plain Python already."
