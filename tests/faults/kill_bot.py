"""The bot that is killed: `python kill_bot.py FOLDER RUN` records until it dies.

Each acknowledged event is told on standard output, "SEQ N", by one write of its own.
"""

import os
import sys

from trader.store import Recorder

folder, run = sys.argv[1], int(sys.argv[2])
recorder = Recorder("bot", version="1", mode="demo", folder=folder, segment_bytes=1 << 16)
count = run * 1_000_000
while True:
    count += 1
    ack = recorder.append("state.snapshot", {"n": count}, durable=count % 50 == 0)
    if ack.stored:
        os.write(1, b"%d %d\n" % (ack.seq or 0, count))
