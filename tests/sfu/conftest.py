"""Hypothesis without a stopwatch: a busy machine makes slow examples, not wrong ones."""

import os

from hypothesis import settings

settings.register_profile("default", deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
