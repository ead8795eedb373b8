"""rtnetlink: the sockets, the messages, and what carries actions out with them."""
