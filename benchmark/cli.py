"""The command line: names the commands, and is the only place that exits."""

import os
import signal
import sys
from importlib.metadata import version
from typing import NoReturn

from cyclopts import App, CycloptsError

from .commands import experiments, golds, judging, machine, pages, stages
from .errors import EnvironmentFault, UsageError
from .terminal import complain, complaints, console

app = App(
    name="boilerbench",
    version=version("boilerbench"),
    help="Measure how well extractors take the main content out of web pages, and which boilerplate they let through.",
    console=console,
    error_console=complaints,
    suppress_keyboard_interrupt=False,  # main() says what is kept
)
env = App(name="env", help="Environments of the adapters.")
app.command(env)
env.command(machine.sync)
for command in (
    *(stages.run, stages.extract, stages.score, stages.speed, stages.summarize, stages.report),
    *(stages.publish, stages.export, experiments.dose, experiments.compose),
    *(judging.compare, judging.gate, judging.correlate),
    *(pages.sample, pages.blocks, pages.diff, golds.lint, golds.agreement, golds.datasheet, machine.doctor),
):
    app.command(command)
app.command(machine.list_room, name="list")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Entry point of the command `boilerbench`; exits 0 good, 1 findings, 2 usage, 3 environment, 130 interrupted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _open_standard_streams()
    # Many small products: a second BLAS thread spins more than it works, most of all where cores are shared.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        given = _with_levels(sys.argv[1:] if arguments is None else arguments)
        status = app(given, exit_on_error=False, print_error=True, result_action="return_value")
    except CycloptsError:
        sys.exit(2)
    except (UsageError, EnvironmentFault) as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        complaints.print(
            "boilerbench: interrupted; what was finished is kept, --resume goes on from there",
            highlight=False,
            soft_wrap=True,
        )
        sys.exit(130)
    except OSError as error:
        reason = ": ".join(str(one) for one in (error.filename, error.strerror) if one)
        complaints.print(
            f"boilerbench: the system refuses {reason}; give another path, or see to its permissions",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        sys.exit(EnvironmentFault.exit_code)
    sys.exit(status if isinstance(status, int) else 0)


def _with_levels(arguments: list[str]) -> list[str]:
    """The arguments, with the strictest level behind a `--require-sandbox` that names none."""
    return [f"{one}=full" if one == "--require-sandbox" else one for one in arguments]


def _open_standard_streams() -> None:
    """Put /dev/null where a standard stream is closed, as daemons do: a worker's pipe would take its place."""
    while (stream := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(stream)
