"""Kits: problems and scorecards that are written once, kept in versions, and taken by interviews."""
