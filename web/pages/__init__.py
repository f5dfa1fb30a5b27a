"""Pages, one blueprint a kind of user. A view parses, opens the unit of work, calls one use case, answers."""
