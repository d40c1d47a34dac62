"""Figures of section 1."""
