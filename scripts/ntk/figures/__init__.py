"""Figures of section 5."""
