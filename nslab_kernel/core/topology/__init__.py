"""Labs written for other programs, as values: Kathará's lab.conf and containerlab's YAML."""
