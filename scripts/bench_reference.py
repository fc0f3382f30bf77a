"""The other side of bench.mjs: reads a JSON list of texts, then encodes it once for every further line and answers with the seconds."""
import json
import sys
import time

from sentence_transformers import SentenceTransformer

model = SentenceTransformer(sys.argv[1], device="cpu")
texts = json.loads(sys.stdin.readline())
for _ in sys.stdin:
    start = time.perf_counter()
    model.encode(texts, batch_size=32)
    print(time.perf_counter() - start, flush=True)
