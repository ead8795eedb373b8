"""Networks as other people build them, in plain commands, and what nslab makes of them (see README.md)."""
