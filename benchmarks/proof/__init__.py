"""The kernel judges the diagnosis: random labs, random faults, real packets."""
