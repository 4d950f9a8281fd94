"""Runs of programs: their options, their plan, and their execution."""
