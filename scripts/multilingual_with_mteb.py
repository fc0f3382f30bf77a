"""Runs tasks of MTEB(Multilingual, v2) with Python's mteb on made-up data sets and holds every score of `pramana run` against its own,
by a model of any kind.

ENDPOINT serves the data sets (`node scripts/multilingual.mjs --serve`), MODEL is the folder of a model,
RESULTS a folder with the files of a run with it. Of tasks of many subsets whose data load one by one, the first few are run.

pip install mteb==2.26.24; then: python scripts/multilingual_with_mteb.py ENDPOINT MODEL RESULTS [TASK …]
"""
import json
import logging
import math
import os
import sys
import tempfile
import traceback
import warnings
from pathlib import Path

endpoint, model_folder, results, *names = sys.argv[1:]
# Large files lie on another port; huggingface_hub takes them for the Hub's own where the host has the same name.
os.environ.update(HF_ENDPOINT=endpoint.replace("127.0.0.1", "localhost"), HF_HOME=tempfile.mkdtemp(), HF_DATASETS_DISABLE_PROGRESS_BARS="1")
os.environ.pop("HF_HUB_CACHE", None)
warnings.simplefilter("ignore")

import mteb  # noqa: E402
from sentence_transformers import CrossEncoder, MultiVectorEncoder, SentenceTransformer, SparseEncoder  # noqa: E402

logging.disable(logging.CRITICAL)
# Subsets that are run, in the task's order, where all would take hours.
FIRST = {"SIB200ClusteringS2S": 6, "BibleNLPBitextMining": 12, "FloresBitextMining": 200, "BelebeleRetrieval": 12}
BOUND = 1e-6


def numbers(scores, path=""):
    """All numbers of nested scores, by their place."""
    if isinstance(scores, dict):
        for key, value in scores.items():
            yield from numbers(value, f"{path}/{key}")
    elif isinstance(scores, list):
        for i, value in enumerate(scores):
            yield from numbers(value, f"{path}/{i}")
    elif isinstance(scores, (int, float)) and not isinstance(scores, bool):
        yield path, float(scores)


def difference(a, b):
    return 0.0 if a == b or (math.isnan(a) and math.isnan(b)) else abs(a - b)


def compare(task, files):
    """The largest difference of the main scores, of all scores with the place of it, and the number of scores."""
    result = mteb.evaluate(model, [task], cache=None, show_progress_bar=False, encode_kwargs={"show_progress_bar": False})
    stored = json.loads(files[task.metadata.name].read_text())["scores"]
    main, worst, count = 0.0, (0.0, ""), 0
    for split, entries in result.task_results[0].scores.items():
        own = {entry["hf_subset"]: entry for entry in stored[split]}
        for entry in entries:
            subset = entry["hf_subset"]
            ours = dict(numbers(own[subset]))
            for path, value in numbers(json.loads(json.dumps(entry))):
                count += 1
                off = difference(value, ours.get(path, math.inf))
                worst = max(worst, (off, f"{split} {subset} {path}: {value} there, {ours.get(path)} here"))
                if path == "/main_score":
                    main = max(main, off)
    return main, worst, count


def open_model(folder):
    """Opens a model of the kind that its settings name; one without them that scores labels is a cross-encoder."""
    settings, config = [Path(folder) / name for name in ("config_sentence_transformers.json", "config.json")]
    kinds = {"CrossEncoder": CrossEncoder, "SparseEncoder": SparseEncoder, "MultiVectorEncoder": MultiVectorEncoder, "ColBERT": MultiVectorEncoder}
    named = json.loads(settings.read_text()).get("model_type") if settings.exists() else None
    bare = not (Path(folder) / "modules.json").exists() and config.exists()
    scores = bare and any(name.endswith("ForSequenceClassification") for name in json.loads(config.read_text()).get("architectures") or [])
    return (CrossEncoder if scores else kinds.get(named, SentenceTransformer))(folder, device="cpu").float()


model = open_model(model_folder)
files = {file.stem: file for file in Path(results).glob("*/*/*.json")}
tasks = {task.metadata.name: task for task in mteb.get_benchmark("MTEB(Multilingual, v2)").tasks}
unequal = 0
for name in names or tasks:
    task = tasks[name]
    if name in FIRST:
        task = mteb.get_task(name, hf_subsets=list(task.hf_subsets)[: FIRST[name]])
    try:
        main, (worst, place), count = compare(task, files)
    except Exception:  # noqa: BLE001
        unequal += 1
        print(f"{name}: {traceback.format_exc(limit=-1, chain=False)}", flush=True)
        continue
    unequal += main > BOUND
    print(f"{name}: main scores differ by {main:.1e}, {count} scores by {worst:.1e} {place if worst > BOUND else ''}", flush=True)
print(f"{unequal} of {len(names or tasks)} tasks unequal")
sys.exit(unequal > 0)
