"""LTI Badges: an LTI 1.3 Advantage tool that issues Open Badges 3.0."""
