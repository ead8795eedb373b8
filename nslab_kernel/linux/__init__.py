"""Talks to the kernel."""
