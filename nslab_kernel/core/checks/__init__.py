"""Claims about a network: parsed, and evaluated."""
