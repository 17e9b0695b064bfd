"""What happens when somebody touches something: one module per concern, pure functions and one-line adapters."""
