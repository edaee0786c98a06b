"""Candidates: people who are interviewed, across all rounds that they have."""
