"""What departments and programs deliver: one file a kind. They come in through `geodata.arrival`."""
