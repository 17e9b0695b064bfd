"""STAND-IN for helper picture's package: enough of a picture for what is made out of it."""
