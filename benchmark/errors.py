"""The two ways a command can end badly through no bug of ours; `cli.py` turns them into exit codes."""


class UsageError(Exception):
    """Something the user gave cannot be used: the message says what was given, expected, and what to type."""

    exit_code = 2


class EnvironmentFault(Exception):
    """The machine, the disk, an environment or the sandbox is at fault, not the request."""

    exit_code = 3
