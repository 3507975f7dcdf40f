"""Jobs: load rows, call nlp, save rows."""

import os

# Before numpy and torch are imported: their threads fight for the processors with whatever else runs. Where there is
# more to do than one processor can, more workers do it better (docs/performance.md).
os.environ.setdefault("OMP_NUM_THREADS", "1")
