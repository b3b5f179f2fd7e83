"""Pages composed on purpose: bodies × designs × treatments × dialects, with golds that are exact by construction."""
