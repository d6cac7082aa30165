"""Accuracy and speed, measured by commands; the numbers stand in docs/benchmarks.md."""
