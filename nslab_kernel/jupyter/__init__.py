"""Talks to people through Jupyter."""
