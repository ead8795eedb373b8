"""What really happened to packets: what was captured, joined to journeys, and explained."""
