"""What is on the map: one file per layer, and the renderers that draw any layer."""
