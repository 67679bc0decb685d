"""What Tools/differential draws, and what other implementations make of it."""
