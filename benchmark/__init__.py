"""boilerbench: what extractors keep, what they lose, which boilerplate leaks, how fast, and how they fail."""
