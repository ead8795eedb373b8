"""How a kernel gets its own private host."""
