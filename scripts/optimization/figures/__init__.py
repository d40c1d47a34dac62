"""Figures of section 2."""
