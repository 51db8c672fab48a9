"""Every check that is not a test, in one run: `python manage.py check`."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from config.environment import ROOT

_MANAGE = ("-c", "from config.launch import run_command; import sys; run_command(sys.argv)")
_CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff: rules", ("-m", "ruff", "check", ".")),
    ("ruff: format", ("-m", "ruff", "format", "--check", ".")),
    ("the walls", ("-c", "from importlinter.cli import lint_imports_command as c; c()")),
    ("django: system", (*_MANAGE, "check", "--fail-level", "WARNING")),
    ("django: migrations", (*_MANAGE, "makemigrations", "--check", "--dry-run")),
    ("mypy", ("-m", "mypy")),
)


def main(arguments: Sequence[str] = ()) -> int:
    """Run all checks, or those whose name holds one of `arguments`; 0 where every one passed."""
    failed = 0
    for name, command in _CHECKS:
        if arguments and not any(argument in name for argument in arguments):
            continue
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        verdict = "ok" if done.returncode == 0 else "FAILED"
        print(f"{name:20} {verdict:6} {time.monotonic() - began:6.1f} s", flush=True)
        if done.returncode:
            failed += 1
            print(done.stdout + done.stderr, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
