"""`python -m trader.exchange.simulated`: the simulated exchange alone, on a candle file."""

import sys

from trader import environment

if __name__ == "__main__":
    environment.enter("trader.exchange.simulated")
    from trader.exchange.simulated.cli import main

    sys.exit(main())
