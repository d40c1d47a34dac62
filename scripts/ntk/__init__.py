"""Section 5: the neural tangent kernel."""
