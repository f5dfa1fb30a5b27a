"""The five agencies' exports, each as its own office writes it. Column names and notations are a public contract."""
