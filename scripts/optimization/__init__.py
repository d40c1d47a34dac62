"""Section 2: optimisation landscapes."""
