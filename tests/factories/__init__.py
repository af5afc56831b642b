"""Ready-made values for tests and benchmarks."""
