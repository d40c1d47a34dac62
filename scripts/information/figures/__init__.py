"""Figures of section 3."""
