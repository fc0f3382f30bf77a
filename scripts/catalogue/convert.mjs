import { ownSettings, ownSteps } from "./own-steps.mjs";
import { specialRows } from "./special-rows.mjs";

const furtherScores = {
  "p-MRR": "p-MRR",
  robustnessAt10: "robustness_at_10",
  levelScores: "level_scores",
  pairedAccuracy: "paired_accuracy",
  cappedRecall: "capped_recall",
};

/** Ranks at which rankings are measured where nothing is said. */
const usualRanks = [1, 3, 5, 10, 20, 100, 1000];

/** Settings that say the same as leaving them out, or that another field says. */
const said = ["fast_loading", "parallel_subsets"];

/** Makes a reader of settings that knows which were not asked for. */
function reader(settings) {
  const left = new Set(Object.keys(settings).filter((key) => !said.includes(key)));
  const take = (key) => {
    left.delete(key);
    return settings[key];
  };
  return { take, left };
}

const classification = (take) => ({
  textColumn: take("input_column_name"),
  labelColumn: take("label_column_name"),
  trainSplit: take("train_split"),
  samplesPerLabel: take("samples_per_label"),
  experiments: take("n_experiments"),
});

const ranking = (take) => {
  const ranks = take("k_values");
  if (!usualRanks.every((rank) => ranks.includes(rank))) return "its rankings are not measured at the usual ranks";
  const furtherRanks = ranks.filter((rank) => !usualRanks.includes(rank));
  if (take("skip_first_result")) return "the first document of each query is left out";
  const scores = take("task_scores");
  if (scores !== undefined && scores !== "maxOverSubqueries" && furtherScores[scores] === undefined) {
    return `no protocol makes its ${scores}`;
  }
  return {
    ignoreIdenticalIds: take("ignore_identical_ids"),
    ...(furtherRanks.length === 0 ? {} : { furtherRanks }),
    ...(furtherScores[scores] === undefined ? {} : { furtherScores: furtherScores[scores] }),
    ...(scores === "maxOverSubqueries" ? { mergeSubqueries: true } : {}),
  };
};

/** Settings by the reference's class of protocol; a text is the reason why there are none. */
const settingsOf = {
  AbsTaskSTS: (take) => ({ columns: take("column_names"), minScore: take("min_score"), maxScore: take("max_score") }),
  AbsTaskClassification: (take) => {
    const [isCrossed, folds] = [take("is_cross_validation"), take("n_splits")];
    return { ...classification(take), ...(isCrossed ? { folds } : {}) };
  },
  AbsTaskMultilabelClassification: (take, type) => {
    if (take("is_cross_validation")) return "no protocol does its cross-validation";
    return {
      ...(type === "Classification" ? { multilabel: true } : {}),
      ...classification(take),
      maxRows: take("max_eval_samples"),
    };
  },
  AbsTaskRegression: (take) => {
    if (take("is_cross_validation")) return "no protocol does its cross-validation";
    return {
      textColumn: take("input_column_name"),
      valueColumn: take("label_column_name"),
      trainSplit: take("train_split"),
      trainRows: take("n_samples"),
      experiments: take("n_experiments"),
    };
  },
  AbsTaskClustering: (take) => ({
    textColumn: take("input_column_name"),
    labelColumn: take("label_column_name"),
    maxDocuments: take("max_document_to_embed"),
    maxFraction: take("max_fraction_of_documents_to_embed"),
    documentsPerExperiment: take("max_documents_per_cluster"),
    experiments: take("n_clusters"),
    batchSize: take("k_mean_batch_size"),
    maxDepth: take("max_depth"),
  }),
  AbsTaskClusteringLegacy: (take) => ({
    legacy: true,
    textColumn: take("input_column_name"),
    labelColumn: take("label_column_name"),
  }),
  AbsTaskPairClassification: (take) => {
    const roles = [take("input1_prompt_type"), take("input2_prompt_type")];
    return {
      columns: [take("input1_column_name"), take("input2_column_name")],
      ...(roles.some(Boolean) ? { roles } : {}),
      labelColumn: take("label_column_name"),
    };
  },
  AbsTaskRetrieval: ranking,
  AbsTaskSummarization: (take) => ({
    textColumn: take("text_column_name"),
    humanColumn: take("human_summaries_column_name"),
    machineColumn: take("machine_summaries_column_name"),
    relevanceColumn: take("relevancy_column_name"),
    minScore: take("min_score"),
    maxScore: take("max_score"),
    ...(take("legacy") ? { legacy: true } : {}),
  }),
  AbsTaskBitextMining: () => ({}),
};

/** Types of tasks that are of another type where all is text; models look prompts up by the name that it has. */
const textTypes = { Any2AnyRetrieval: "Retrieval" };

/** Types whose protocol is another's class in the reference, always or sometimes. */
const bases = {
  Reranking: ["AbsTaskRetrieval"],
  InstructionRetrieval: ["AbsTaskRetrieval"],
  InstructionReranking: ["AbsTaskRetrieval"],
  Classification: ["AbsTaskClassification", "AbsTaskMultilabelClassification"],
};

/**
 * Turns the facts of a task into the task, its languages left as they are; a text says why that cannot be.
 * @returns {object | string}
 */
export function converted(fact) {
  const { name, base, dataset, settings, prompt } = fact;
  const type = textTypes[fact.type] ?? fact.type;
  const own = ownSteps[name] ?? specialRows[name];
  const preparation = own ?? fact.preparation;
  const isSaid = preparation.some(({ step }) => step === "concatConfigs");
  const isBible = name === "BibleNLPBitextMining";
  if (fact.special !== undefined && own === undefined && ownSettings[name] === undefined && !isSaid && !isBible)
    return `its rows need work of their own: ${fact.special}`;
  if (!(bases[type] ?? [`AbsTask${type}`]).includes(base.replace("Legacy", "")))
    return `its type is ${type}, its protocol ${base}`;
  const { take, left } = reader(settings);
  const typeSettings = settingsOf[base](take, type);
  if (typeof typeSettings === "string") return typeSettings;
  if (left.size > 0) return `no setting stands for ${[...left].join(", ")}`;
  const { path, revision, name: config, split, ...more } = dataset;
  // A layout names its splits itself, and so do steps of a task's own.
  const isTold =
    isBible || specialRows[name] !== undefined || preparation.some(({ step }) => step === "retrievalLayout");
  if ((split !== undefined && !isTold) || Object.keys(more).length > 0) return "its data set names more than a config";
  return {
    name,
    type,
    dataset: {
      path,
      revision,
      ...(config === undefined ? {} : { config }),
      ...(settings.fast_loading ? { subsetColumn: "lang" } : {}),
      ...(settings.parallel_subsets ? { subsetPairs: true } : {}),
      // Its split is the first rows, which its step takes.
      ...(isBible ? { subsetPairs: "codes" } : {}),
    },
    splits: fact.splits,
    mainScore: fact.main_score,
    settings: ownSettings[name] ?? typeSettings,
    ...(prompt === null ? {} : { prompt }),
    ...(type === fact.type ? {} : { promptType: fact.type }),
    ...(preparation.length === 0 ? {} : { prepare: preparation }),
    licence: fact.licence ?? "not specified",
    reference: fact.reference || `https://huggingface.co/datasets/${path}`,
  };
}
