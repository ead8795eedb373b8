"""The magics: each parses its line, calls the lab, displays the result. Nothing else."""
