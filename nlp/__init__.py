"""Text analysis of artist descriptions."""
