"""Figures of section 6."""
