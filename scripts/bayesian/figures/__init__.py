"""Figures of section 4."""
