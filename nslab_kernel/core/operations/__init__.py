"""What an operation does: actions as data, and the plans that make them."""
