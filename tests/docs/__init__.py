"""Runs the documentation: every command on every page must print what the page shows."""
