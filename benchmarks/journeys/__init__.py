"""The kernel and the sockets judge traces: random labs with numbered packets, and losses that were planted."""
