"""`python scripts/publish_with_mteb.py FOLDER`: reads what `pramana publish --to FOLDER` wrote with mteb 2.26.24 and
huggingface_hub, and compares it with what mteb makes of the same results. Ends with 1 where a file cannot be read or differs."""

import sys
from pathlib import Path

import yaml
from huggingface_hub import ModelCard, parse_eval_result_entries
from huggingface_hub.repocard_data import model_index_to_eval_results

from mteb._hf_integration.eval_result_model import HFEvalResults
from mteb.cache import ResultCache
from mteb.results import TaskResult

folder = Path(sys.argv[1])
problems = []

files = sorted(path for path in folder.glob("results/*/*/*.json") if path.name != "model_meta.json")
results = [TaskResult.from_disk(path) for path in files]
models = ResultCache(folder).load_results(require_model_meta=True).model_results
for model in models:
    print(f"mteb reads {model.model_name} at {model.model_revision}: {len(model.task_results)} tasks")
if sum(len(model.task_results) for model in models) != len(files):
    problems.append("mteb's cache does not have all results")

for result in results:
    text = (folder / "model/.eval_results" / f"{result.task_name}.yaml").read_text()
    entries = yaml.safe_load(text)
    HFEvalResults.model_validate(entries)
    parse_eval_result_entries(entries)
    own = yaml.safe_load(result._to_hf_benchmark_result().to_yaml())
    if entries != own:
        problems.append(f"{result.task_name}.yaml differs from mteb's: {entries} {own}")

card = ModelCard.load(folder / "model/README.md")
index = yaml.safe_load(card.data.to_yaml())["model-index"]
name, indexed = model_index_to_eval_results(index)
print(f"huggingface_hub reads the model-index of {name}: {len(indexed)} results, tags {card.data.tags}")
for entry in (one for result in results for one in result.get_hf_eval_results()):
    if entry not in indexed:
        problems.append(f"the model-index lacks what mteb has: {entry}")

for problem in problems:
    print(problem)
print(f"{len(files)} results, {len(problems)} problems")
sys.exit(1 if problems else 0)
