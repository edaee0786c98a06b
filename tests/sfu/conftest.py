"""Runs these tests on the compiled twin of the engine instead of its sources, when asked to."""

import os

from interview_stream.sfu import compiled

if os.environ.get("TEST_COMPILED_ENGINE") and not compiled.use():
    raise RuntimeError("There is no compiled twin of these sources: run scripts/compile.")
