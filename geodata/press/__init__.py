"""What may be published: orders for pictures, the protected figures that they show, releases and their manifests."""
