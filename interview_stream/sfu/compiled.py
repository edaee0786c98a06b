"""Finds the compiled twin of the engine's inner modules; hides where it lies and which sources it was made from.

The same files run as plain Python and compiled by mypyc; `scripts/compile` makes the twin. It is found by a digest of
the sources, so an edited file is never shadowed by an older twin: the engine then runs as plain Python.
"""

import hashlib
import importlib
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TWINS = ROOT / "build" / "sfu"
COMPILED_FOLDERS = ("wire", "core")
COMPILED_FILES = ("errors.py", "io/udp.py")
WRITTEN_TWICE = ("core/gcm", "core/outgoing", "io/datagrams")
"""Modules whose twin is written in C, beside the Python file of that name."""
DONE = "done"
"""A file that is written last, so that half a twin is none."""


def sources() -> list[Path]:
    """The files whose twins mypyc makes of themselves."""
    inner = [file for folder in COMPILED_FOLDERS for file in (HERE / folder).glob("*.py") if file.stem != "__init__"]
    in_c = {HERE / f"{name}.py" for name in WRITTEN_TWICE}
    return sorted({*inner, *(HERE / name for name in COMPILED_FILES)} - in_c)


def twin_folder() -> Path:
    """Where the twin of these sources, for this interpreter, is or would be."""
    digest = hashlib.sha256(str(sysconfig.get_config_var("EXT_SUFFIX")).encode())
    in_c = [HERE / f"{name}{end}" for name in WRITTEN_TWICE for end in (".py", ".c")]
    for file in (*sources(), *in_c, *sorted(HERE.rglob("*.h"))):
        digest.update(f"{file.relative_to(HERE)}\0".encode() + file.read_bytes() + b"\0")
    return TWINS / digest.hexdigest()[:16]


def use() -> bool:
    """Let what is imported from now on come compiled; False if there is no twin of exactly these sources.

    Raises RuntimeError when one of the modules was imported before.
    """
    loaded = sorted(set(sys.modules) & {module(file) for file in sources()})
    if loaded:
        raise RuntimeError(f"{loaded[0]} is in use as plain Python already.")
    folder = twin_folder()
    if not (folder / DONE).exists():
        return False
    sys.path.append(str(folder))  # for the library that the twin's modules share
    package = "interview_stream.sfu"
    importlib.import_module(package).__path__.insert(0, str(folder / "interview_stream" / "sfu"))
    for name in (*COMPILED_FOLDERS, "io"):
        path = importlib.import_module(f"{package}.{name}").__path__
        path.insert(0, str(folder / "interview_stream" / "sfu" / name))
    return True


def is_in_use() -> bool:
    """Whether `use` found a twin."""
    return any(Path(entry).parent == TWINS for entry in sys.path)


def module(file: Path) -> str:
    """The name of the module in a file of this package."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)
