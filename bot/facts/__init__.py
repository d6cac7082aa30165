"""Efficiency facts: what abstracts claim of parameters, latency, speed, memory, data …; each with its words. Pure."""
