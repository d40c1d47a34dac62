"""Section 7: AI as optimisation over functions."""
