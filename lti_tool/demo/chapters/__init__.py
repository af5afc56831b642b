"""The story in chapters. Each is a tuple of steps: a short name, and what is done and expected on the scene."""
