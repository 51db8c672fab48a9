#!/usr/bin/env python3
"""Django's entry. On a fresh clone it first makes the environment that it needs."""

import sys

if sys.version_info < (3, 11):
    sys.exit("Blotter needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])

from config import environment, launch


def main():
    """Take the data folder, enter the right environment, then run the command."""
    arguments = launch.with_data_folder(sys.argv)
    run = {"test": launch.run_tests, "check": launch.run_checks}.get("".join(arguments[1:2]))
    environment.enter(environment.DEVELOPMENT if run else environment.RUNTIME, sys.argv)
    return run(arguments[2:]) if run else launch.run_command(arguments)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        sys.exit(130)  # as a shell has it; 1 says something else of many commands
