import type { Dataset } from "../../datasets/table.ts";
import { memoryDataset } from "../protocols/testing/memory.ts";
import type { TaskSpec } from "../task.ts";

/** Makes prepared rows that suit any task of the type, and the task with limits that fit them. */
export function smallCase(task: TaskSpec): { small: TaskSpec; dataset: Dataset } {
  const texts = ["a", "b", "c", "d"];
  const [subset = ""] = Object.keys(task.languages);
  const [split = ""] = task.splits;
  const { prepare: _, ...rest } = task;
  const small = { ...rest, dataset: { path: "made/up", revision: "local" } } as TaskSpec;
  const rows = (columns: Record<string, unknown[]>) =>
    memoryDataset({ [subset]: { train: columns, [split]: columns } });
  switch (task.type) {
    case "STS": {
      if ("arrangements" in task.settings) {
        const { idColumn, textsColumn, xColumn, yColumn } = task.settings;
        const places = { [xColumn]: [[0, 1, 4, 2]], [yColumn]: [[0, 2, 1, 5]] };
        return { small, dataset: rows({ [idColumn]: ["one"], [textsColumn]: [texts], ...places }) };
      }
      const [first, second] = task.settings.columns;
      return { small, dataset: rows({ [first]: texts, [second]: texts.toReversed(), score: [1, 2, 3, 4] }) };
    }
    case "BitextMining": {
      const [first, second] = task.settings.columns;
      const { goldColumn } = task.settings;
      if (goldColumn === undefined) return { small, dataset: rows({ [first]: texts, [second]: texts.toReversed() }) };
      const gold = texts.map((_, i) => [i + 1, texts.length - i]);
      return { small, dataset: rows({ [first]: [texts], [second]: [texts.toReversed()], [goldColumn]: [gold] }) };
    }
    case "MultilabelClassification": {
      const { textColumn, labelColumn } = task.settings;
      const labels = [["x"], ["x", "y"], ["y"], [], ["y"], ["x"]];
      return { small, dataset: rows({ [textColumn]: [...texts, "ab", "cd"], [labelColumn]: labels }) };
    }
    case "Regression": {
      const { textColumn, valueColumn } = task.settings;
      return { small, dataset: rows({ [textColumn]: texts, [valueColumn]: [1, 2, 4, 3] }) };
    }
    case "Classification":
      return { small, dataset: rows({ [task.settings.textColumn]: texts, [task.settings.labelColumn]: [0, 1, 0, 1] }) };
    case "Clustering": {
      const { textColumn, labelColumn } = task.settings;
      const labels = ["x", "x", "y", "y"];
      if ("legacy" in task.settings)
        return { small, dataset: rows({ [textColumn]: [texts], [labelColumn]: [labels] }) };
      const settings = { ...task.settings, maxDocuments: null, maxFraction: null, documentsPerExperiment: 32 };
      return {
        small: { ...small, settings } as TaskSpec,
        dataset: rows({ [textColumn]: texts, [labelColumn]: labels }),
      };
    }
    case "PairClassification": {
      const [first, second] = task.settings.columns;
      const labels = [1, 0, 0, 1];
      return {
        small,
        dataset: rows({ [first]: texts, [second]: ["b", "c", "d", "a"], [task.settings.labelColumn]: labels }),
      };
    }
    case "Retrieval":
    case "InstructionRetrieval":
    case "Reranking":
    case "InstructionReranking": {
      const documents = { _id: ["d1", "d2"], title: ["", ""], text: ["a", "b"] };
      const queries = { _id: ["q1", "q2"], text: ["c", "d"] };
      const judgements = { "query-id": ["q1", "q2"], "corpus-id": ["d1", "d2"], score: [1, 1] };
      const ranked = { "query-id": ["q1", "q2"], "corpus-ids": [documents._id, documents._id] };
      const configs = {
        corpus: documents,
        queries,
        qrels: judgements,
        ...(task.type === "Reranking" || task.type === "InstructionReranking" ? { top_ranked: ranked } : {}),
        ...(task.type === "InstructionReranking" ? { qrel_diff: ranked } : {}),
      };
      return {
        small,
        dataset: memoryDataset(
          Object.fromEntries(
            Object.entries(configs).map(([name, one]) => [
              subset === "default" ? name : `${subset}-${name}`,
              { [split]: one },
            ]),
          ),
        ),
      };
    }
    case "Summarization": {
      const { textColumn, humanColumn, machineColumn, relevanceColumn } = task.settings;
      const columns = {
        [textColumn]: ["a", "b"],
        [humanColumn]: [
          ["a", "b"],
          ["b", "c"],
        ],
        [machineColumn]: [
          ["c", "d"],
          ["a", "d"],
        ],
        [relevanceColumn]: [
          [1, 2],
          [2, 1],
        ],
      };
      return { small, dataset: rows(columns) };
    }
  }
}
