"""The other side of bench.mjs and gpu-check.mjs: reads a JSON list of texts, then encodes it once for every further line
(a batch size; 32 where the line is empty) and answers with the seconds. Arguments: folder, device, precision."""
import json
import sys
import time

import torch
from sentence_transformers import SentenceTransformer

folder, device, precision = sys.argv[1:4]
dtype = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}[precision]
model = SentenceTransformer(folder, device=device, model_kwargs={"dtype": dtype})
texts = json.loads(sys.stdin.readline())
for line in sys.stdin:
    start = time.perf_counter()
    model.encode(texts, batch_size=int(line.strip() or 32))
    print(time.perf_counter() - start, flush=True)
