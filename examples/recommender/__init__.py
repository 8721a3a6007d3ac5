"""A worked recommender on linernotes: collaborative filtering, and artists that nobody has played yet."""
