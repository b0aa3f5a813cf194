"""What the service answers, as frozen objects. Fields that a newer service adds are kept, and are there as attributes."""
