"""Pictures of a release: the map of all artists, an artist's profile, and trends; needs the extra `plot`."""
