"""The door to arXiv: its API and its feed."""
