"""What departments and programs deliver: one file a kind, and the one door through which all of it comes in."""
