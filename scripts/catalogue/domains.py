"""`python scripts/catalogue/domains.py FACTS > scripts/catalogue/domains.json`: the domains by which mteb 2.26.24's registry
describes each task of the reference material (facts-tasks.json); those without any, or that it does not list, are left out."""

import json
import sys

import mteb

registered = {
    task.metadata.name: task.metadata.domains
    for task in mteb.get_tasks(exclude_aggregate=False, exclude_superseded=False)
}
names = [fact["name"] for fact in json.load(open(sys.argv[1]))["tasks"]]
found = {name: sorted(registered[name]) for name in names if registered.get(name)}
print("{")
print(",\n".join(f"{json.dumps(name)}: {json.dumps(domains)}" for name, domains in found.items()))
print("}")
