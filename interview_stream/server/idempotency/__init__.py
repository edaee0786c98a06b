"""Requests that may be sent again: what has been done for a key is not done twice."""
