"""The other side of maxsim-memory.mjs: scores the documents in a file for each line, which says how many they are, by
sentence-transformers' maxsim and by one product for each block of documents; writes the former's scores to a file.
Arguments: folder, threads, queries, tokens of a query, tokens of a document, dimensions."""
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from sentence_transformers.util import maxsim

folder = Path(sys.argv[1])
threads, count, query_tokens, tokens, dims = map(int, sys.argv[2:7])
torch.set_num_threads(threads)
block = 256
queries = torch.from_numpy(np.fromfile(folder / "queries", dtype=np.float32)).view(count, query_tokens, dims)


def in_blocks(documents):
    """Documents x queries."""
    rows = queries.reshape(-1, dims)
    out = torch.empty(len(documents), count)
    for start in range(0, len(documents), block):
        some = documents[start : start + block]
        products = rows @ some.reshape(-1, dims).T
        greatest = products.view(len(rows), len(some), tokens).amax(-1)
        out[start : start + len(some)] = greatest.view(count, query_tokens, len(some)).sum(1).T
    return out


def timed(work, documents):
    start, worked = time.perf_counter(), time.process_time()
    with torch.inference_mode():
        scores = work(documents)
    return [time.perf_counter() - start, time.process_time() - worked], scores


# To warm up.
for work in (in_blocks, lambda some: maxsim(queries, some)):
    timed(work, torch.ones(block, tokens, dims))
for line in sys.stdin:
    documents = torch.from_numpy(np.fromfile(folder / "documents", dtype=np.float32)).view(int(line), tokens, dims)
    blocks, _ = timed(in_blocks, documents)
    seconds, scores = timed(lambda some: maxsim(queries, some).T, documents)
    scores.contiguous().numpy().tofile(folder / "scores")
    print(json.dumps({"maxsim": seconds, "blocks": blocks}), flush=True)
