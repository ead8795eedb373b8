"""A shell script that builds the present network."""
