"""Recordings of a real platform, fed through the real pipeline: nothing is sent anywhere, and nothing is kept."""
