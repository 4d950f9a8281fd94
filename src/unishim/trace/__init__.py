"""Traces of system calls: what was recorded, and its notations."""
