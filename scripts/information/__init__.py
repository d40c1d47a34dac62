"""Section 3: information theory of deep learning."""
