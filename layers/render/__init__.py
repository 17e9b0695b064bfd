"""The renderers: each draws any layer from its declaration alone."""
