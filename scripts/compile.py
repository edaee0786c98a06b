"""Makes the compiled twin of the media engine's inner modules with mypyc and the machine's C compiler."""

import os
import shutil
import tempfile
from pathlib import Path

from mypyc.build import mypycify
from setuptools import Extension, setup  # type: ignore[import-untyped]

from interview_stream.sfu import compiled


def main() -> None:
    """Build beside, move into place, drop older twins."""
    target = compiled.twin_folder()
    if (target / compiled.DONE).exists():
        return
    with tempfile.TemporaryDirectory(prefix="interview-stream-") as temporary:
        work = Path(temporary)
        files = []
        for source in compiled.sources():
            copy = work / source.relative_to(compiled.ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            files.append(str(copy.relative_to(work)))
        for name in compiled.WRITTEN_TWICE:  # for its types
            shutil.copyfile(
                compiled.HERE / f"{name}.py", work / compiled.HERE.relative_to(compiled.ROOT) / f"{name}.py"
            )
        for folder in {Path(file).parent for file in files} | {Path("interview_stream")}:
            (work / folder / "__init__.py").touch()
        os.chdir(work)  # away from pyproject.toml, which is not for this build
        options = ["--strict", "--ignore-missing-imports", "--no-warn-unused-ignores", "--hide-error-context"]
        setup(
            name="interview-stream-engine",
            packages=[],
            ext_modules=[
                *mypycify([*options, *files], opt_level="2", debug_level="0", group_name="sfu_engine"),
                *(_written_in_c(name) for name in compiled.WRITTEN_TWICE),
            ],
            script_args=["--quiet", "build_ext", "--build-lib", "out"],
        )
        os.chdir(compiled.ROOT)
        (work / "out" / compiled.DONE).touch()
        target.parent.mkdir(parents=True, exist_ok=True)
        for old in target.parent.iterdir():
            shutil.rmtree(old)
        shutil.move(work / "out", target)


def _written_in_c(name: str) -> Extension:
    source = compiled.HERE / f"{name}.c"
    return Extension(
        compiled.module(source),
        [str(source)],
        libraries=["crypto"] if "<openssl/" in source.read_text() else [],
        extra_compile_args=["-O2", "-Wall", "-Wextra", "-Werror"],
    )


if __name__ == "__main__":
    main()
