"""What files hide from their readers: found, counted, taken out."""
