"""Traces of system calls: their contents, and their notations."""
