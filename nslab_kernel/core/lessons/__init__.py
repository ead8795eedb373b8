"""Lessons: their steps, how far a reader is, and how the network differs from what a step expects."""
