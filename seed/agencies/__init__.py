"""The five agencies' exports, each in the format of its own office. Column names and notations are a public contract."""
