"""One JSON spec in, JSON lines out: the Python side of the training tools."""
