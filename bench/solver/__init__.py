"""The solver beside its peers; instances are made here, by seed."""
