"""What the pages look like before anybody touches them."""
