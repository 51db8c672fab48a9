"""Events to rows: read after the checkpoint, close, write rows and checkpoint together."""
