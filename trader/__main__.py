"""`python -m trader`: the bot alone, without the site."""

import sys

from trader import environment

if __name__ == "__main__":
    environment.enter("trader")
    from trader.cli import main

    sys.exit(main())
