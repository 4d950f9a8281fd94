"""Benchmarks: `make bench` takes the measurements and writes docs/benchmarks.md."""
