"""Section 1: geometry of deep learning."""
