"""The bot whose power is cut: `python -m tests.faults.power_loss_bot FOLDER EVENTS SEED`.

Each acknowledged event is told on standard output, "SEQ N SYNCED", by one write.
"""

import os
import random
import sys
import time

from trader.store import Recorder

folder, events, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)
with Recorder("bot", version="1", mode="demo", folder=folder, segment_bytes=1 << 15) as recorder:
    for number in range(events):
        count = seed * 1_000_000 + number
        body = {"n": count, "text": "x y " * chance.randrange(200)}
        ack = recorder.append("state.snapshot", body, durable=chance.random() < 0.2)
        os.write(1, b"%d %d %d\n" % (ack.seq or 0, count, ack.synced))
        if chance.random() < 0.02:
            time.sleep(chance.random() * 0.3)
