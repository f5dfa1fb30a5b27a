"""Telling other systems: who wants to know what, the signature of a message, and its way, with every attempt kept."""
