"""Writing: the few things a person may change. Nothing here touches events or projections."""
