"""A lab as values: what was read, how it differs, names and addresses."""
