"""Background work: the worker's loop, and what failed for good, for those who look after the installation."""
