"""
Holds what `pramana watch --tensorboard FOLDER --mlflow URL` wrote against the history that it was written from, by the
readers of TensorBoard and MLflow:

    python scripts/curves_elsewhere.py HISTORY [--tensorboard FOLDER] [--mlflow URL]

HISTORY is watch.jsonl. Each score of each checkpoint has to be there once, at its step, with its value (TensorBoard keeps
single precision), and nothing besides. Needs `pip install tensorboard` or `pip install mlflow`. Ends with 1 where
something differs.
"""

import argparse
import json
import re
import struct
import sys


def expected(history):
    """Scores by (name, step); the last line of a checkpoint counts."""
    entries = {}
    for line in open(history, encoding="utf8"):
        entry = json.loads(line)
        if "accepted" not in entry and entry["step"] is not None:
            entries[entry["name"]] = entry
    points = {}
    for entry in entries.values():
        scores = {"mean_task": entry["meanTask"], "mean_type": entry["meanType"]}
        scores |= {f"type/{name}": score for name, score in entry["types"].items()}
        scores |= {f"task/{re.sub(r'[^A-Za-z0-9_. -]', '_', one['task'])}": one["score"] for one in entry["tasks"]}
        for name, score in scores.items():
            if score is not None:
                points[f"pramana/{name}", entry["step"]] = score * 100
    return points


def in_tensorboard(folder):
    from tensorboard.backend.event_processing.event_accumulator import SCALARS, EventAccumulator

    reader = EventAccumulator(folder, size_guidance={SCALARS: 0})
    reader.Reload()
    return [(tag, one.step, one.value) for tag in reader.Tags()["scalars"] for one in reader.Scalars(tag)]


def in_mlflow(url):
    import mlflow

    client = mlflow.MlflowClient(url)
    experiments = [one.experiment_id for one in client.search_experiments(filter_string="name = 'pramana'")]
    runs = client.search_runs(experiments, "tags.`pramana.watch` LIKE 'watch %'")
    print(f"{len(runs)} run of MLflow, named {', '.join(run.info.run_name for run in runs)}")
    return [
        (name, one.step, one.value)
        for run in runs
        for name in run.data.metrics
        for one in client.get_metric_history(run.info.run_id, name)
    ]


def differences(wanted, found, precision):
    places = [(name, step) for name, step, _ in found]
    yield from (f"{place} is there {places.count(place)} times" for place in set(places) if places.count(place) > 1)
    yield from (f"{place} is missing" for place in wanted if place not in places)
    yield from (f"{place} is of no checkpoint" for place in places if place not in wanted)
    for name, step, value in found:
        score = wanted.get((name, step), value)
        if precision(score) != value:
            yield f"{(name, step)} is {value}, not {score}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("history")
    parser.add_argument("--tensorboard")
    parser.add_argument("--mlflow")
    given = parser.parse_args()
    wanted = expected(given.history)
    faults = []
    if given.tensorboard:
        single = lambda value: struct.unpack("f", struct.pack("f", value))[0]
        faults += differences(wanted, in_tensorboard(given.tensorboard), single)
    if given.mlflow:
        faults += differences(wanted, in_mlflow(given.mlflow), float)
    print("\n".join(faults) or f"all {len(wanted)} points are there, each once, with their values")
    sys.exit(1 if faults else 0)


main()
