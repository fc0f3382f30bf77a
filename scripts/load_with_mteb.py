"""Loads every result file below a folder with Python's mteb and prints its main score: RESULTS as `pramana run` wrote them.

pip install mteb==2.26.24; then: python scripts/load_with_mteb.py [RESULTS]
"""
import sys
from pathlib import Path

from mteb.models import ModelMeta
from mteb.results import TaskResult

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "results")
files = sorted(folder.glob("*/*/*.json"))
loaded = 0
for file in files:
    if file.name == "model_meta.json":
        ModelMeta.model_validate_json(file.read_text())
        continue
    result = TaskResult.from_disk(file)
    entries = [entry for split in result.scores.values() for entry in split]
    print(f"{result.task_name:40} {[entry['main_score'] for entry in entries]}")
    loaded += 1
print(f"{loaded} results of {len({file.parent for file in files})} models loaded")
