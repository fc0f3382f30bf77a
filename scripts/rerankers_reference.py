"""The other side of bench-rerankers.mjs: scores the pairs of each line and answers with the seconds and the scores.
Arguments: folder, threads."""
import json
import sys
import time

import torch
from sentence_transformers import CrossEncoder

folder, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
model = CrossEncoder(folder, device="cpu")
for line in sys.stdin:
    pairs = json.loads(line)
    start, worked = time.perf_counter(), time.process_time()
    scores = model.predict(pairs, batch_size=32, show_progress_bar=False)
    answer = {"seconds": time.perf_counter() - start, "processorSeconds": time.process_time() - worked}
    print(json.dumps({**answer, "scores": scores.tolist()}), flush=True)
