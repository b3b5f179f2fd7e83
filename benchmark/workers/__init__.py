"""Page -> Extraction in isolation: environments, the child process, and its supervisor."""
