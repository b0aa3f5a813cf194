"""What `make eval` measures: every stage of the service, on sets that are in the repository, against a baseline that is too."""
