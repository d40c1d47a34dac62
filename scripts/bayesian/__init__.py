"""Section 4: Bayesian deep learning."""
