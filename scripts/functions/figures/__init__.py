"""Figures of section 7."""
