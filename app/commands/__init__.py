"""The command line, one module per concern."""
