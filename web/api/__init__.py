"""The JSON interface, version 1: the same commands, use cases and refusals as the pages, for other systems."""
