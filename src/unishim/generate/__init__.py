"""Turns the tables into C. Run by the kernel's Makefile as `python -m unishim.generate`."""
