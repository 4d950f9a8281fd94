"""Runs of programs: what can be said about one, what becomes of that, and how it goes."""
