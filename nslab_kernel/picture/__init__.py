"""From a Network to a picture."""
