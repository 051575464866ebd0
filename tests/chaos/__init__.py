"""Killing what executes at every point that matters, against sites that count what arrives."""
