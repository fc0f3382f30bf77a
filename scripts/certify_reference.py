"""Vectors of texts by sentence-transformers in several precisions, for scripts/certify.mjs.

Reads {"model": FOLDER, "texts": [...]} from standard input; writes a JSON object of lists of vectors by name.
"""
import json
import sys

import torch
from sentence_transformers import SentenceTransformer

asked = json.load(sys.stdin)


def load(**more):
    return SentenceTransformer(asked["model"], device="cpu", **more)


def encode(model, batch_size):
    return model.encode(asked["texts"], batch_size=batch_size, convert_to_numpy=True).astype(float).tolist()


with torch.inference_mode():
    made = {"sentence-transformers, fp32, batches of 32": encode(load(), 32)}
    for name, dtype in (("fp16", torch.float16), ("bf16", torch.bfloat16)):
        model = load(model_kwargs={"dtype": dtype})
        made[f"sentence-transformers, {name}, batches of 32"] = encode(model, 32)
        made[f"sentence-transformers, {name}, alone"] = encode(model, 1)
json.dump(made, sys.stdout)
