"""The one way by which documents enter the store, and what counts as a copy."""
