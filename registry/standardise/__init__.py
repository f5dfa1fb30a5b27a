"""The standard form of what agencies write. Pure functions: a value comes in, a value and perhaps a code go out."""
