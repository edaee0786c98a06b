"""Calls: who may enter the room of an interview, and what the media engine tells about it."""
