"""The group `corpus`: from files to searchable points."""
