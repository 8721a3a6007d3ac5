"""What the load test of the service is made of: a synthetic release, what is asked, and who asks."""
