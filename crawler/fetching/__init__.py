"""From a source to fetched pages: frontier, robots, pace, links."""
