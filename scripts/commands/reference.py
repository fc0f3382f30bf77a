"""The other side of ../bench-commands.mjs: runs the tasks with Python's mteb, in one process from its start to its end, and prints
a JSON line: each task's main score, the seconds of all processors, the peak of memory in MiB. Arguments: HUB (a cache folder of the Hub), MODEL (a folder; --read
only reads the data), TASK …

Data sets are read from their snapshots in HUB, as nothing else can be had without a network. HF_DATASETS_CACHE keeps them as
Arrow tables from the first run on.
"""
import json
import logging
import os
import resource
import sys
import warnings
from pathlib import Path

hub, model_folder, *names = sys.argv[1:]
os.environ.update(HF_DATASETS_DISABLE_PROGRESS_BARS="1", TOKENIZERS_PARALLELISM="true")
warnings.simplefilter("ignore")

import mteb  # noqa: E402
from mteb.abstasks import AbsTaskClustering, AbsTaskPairClassification, AbsTaskRetrieval, AbsTaskSummarization  # noqa: E402
from mteb.abstasks.task_metadata import TaskMetadata  # noqa: E402
from sentence_transformers import SentenceTransformer  # noqa: E402

logging.disable(logging.WARNING)
ABSTRACT = {
    "Clustering": (AbsTaskClustering, "v_measure"),
    "PairClassification": (AbsTaskPairClassification, "max_ap"),
    "Retrieval": (AbsTaskRetrieval, "ndcg_at_10"),
    "Reranking": (AbsTaskRetrieval, "map_at_1000"),
    "Summarization": (AbsTaskSummarization, "cosine_spearman"),
}
OWN = {task["name"]: task for task in json.loads((Path(__file__).parent.parent / "parity/tasks.json").read_text())["tasks"]}


def snapshot(path, revision):
    return str(Path(hub) / f"datasets--{path.replace('/', '--')}" / "snapshots" / revision)


def own_task(name):
    """A task of the project's own, as a class of mteb's."""
    task = OWN[name]
    base, main_score = ABSTRACT[task["type"]]
    unknown = ("date", "domains", "task_subtypes", "annotations_creators", "dialect", "sample_creation", "license")
    metadata = TaskMetadata(
        name=name,
        description=name,
        type=task["type"],
        dataset=task["dataset"],
        main_score=main_score,
        reference=task["reference"],
        eval_splits=["test"],
        eval_langs=["eng-Latn"],
        category="t2t",
        modalities=["text"],
        bibtex_citation="",
        **dict.fromkeys(unknown),
    )
    settings = task.get("settings", {})
    attributes = {"min_score": settings["minScore"], "max_score": settings["maxScore"]} if "minScore" in settings else {}
    return type(name, (base,), {"metadata": metadata, **attributes})()


def find_task(name):
    """A task that reads its snapshot."""
    subsets = {"hf_subsets": ["en"]} if name == "AmazonCounterfactualClassification" else {}
    task = own_task(name) if name in OWN else mteb.get_task(name, eval_splits=["test"], **subsets)
    path, revision = task.metadata.dataset["path"], task.metadata.dataset["revision"]
    task.metadata = task.metadata.model_copy(update={"dataset": {"path": snapshot(path, revision), "revision": revision}})
    return task


tasks = [find_task(name) for name in names]
if model_folder == "--read":
    for task in tasks:
        task.load_data()
    sys.exit()
model = SentenceTransformer(model_folder, device="cpu").float()
result = mteb.evaluate(
    model, tasks, cache=None, show_progress_bar=False, encode_kwargs={"show_progress_bar": False}
)
scores = {one.task_name: one.get_score() for one in result.task_results}
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"scores": scores, "processor": used.ru_utime + used.ru_stime, "peakMiB": used.ru_maxrss // 1024}))
