"""Section 6: reinforcement learning."""
