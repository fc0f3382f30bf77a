"""The other side of shapes.mjs: transformers on the same folder; answers each line with the seconds of one batch."""
import json
import sys
import time

import torch
import transformers
from transformers import AutoConfig, __version__

folder, texts, tokens, threads = sys.argv[1], *map(int, sys.argv[2:5])
torch.set_num_threads(threads)
# The class that wrote the weights: AutoModel would add a decoder to T5's encoder.
[name] = AutoConfig.from_pretrained(folder).architectures
model = getattr(transformers, name).from_pretrained(folder, dtype=torch.float32).eval()
ids = (torch.arange(texts * tokens) * 7919 + 17).remainder(model.config.vocab_size).reshape(texts, tokens)
mask = torch.ones_like(ids)
extra = {"use_cache": False} if hasattr(model.config, "use_cache") else {}


def run():
    with torch.inference_mode():
        model(input_ids=ids, attention_mask=mask, **extra)


run()
print(json.dumps({"transformers": __version__, "torch": torch.__version__}), flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    run()
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
