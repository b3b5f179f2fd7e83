"""The commands, a file for each concern; `cli.py` gives them their names."""
