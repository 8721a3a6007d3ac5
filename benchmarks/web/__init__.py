"""What the benchmarks of the crawler share: a web on loopback, databases, and a look at processes."""
