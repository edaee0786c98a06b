"""Interviews: what is planned, by whom, and the personal link with which a candidate comes in."""
