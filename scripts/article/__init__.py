"""The generator: settings, artifacts, figures, claims, text and rendering. It knows no section by name."""
