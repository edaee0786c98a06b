"""Recordings: which tracks of a call are captured, and the playable files that come out of it."""
