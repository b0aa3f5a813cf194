"""The group `graph`: from indexed documents to entities, merges and communities."""
