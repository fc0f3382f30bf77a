import { ownSettings, ownSteps } from "./own-steps.mjs";

const furtherScores = { "p-MRR": "p-MRR", robustnessAt10: "robustness_at_10", levelScores: "level_scores" };

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
  // Scores at other places than the usual ones are besides.
  take("k_values");
  if (take("skip_first_result")) return "the first document of each query is left out";
  const scores = take("task_scores");
  if (scores !== undefined && scores !== "maxOverSubqueries" && furtherScores[scores] === undefined) {
    return `no protocol makes its ${scores}`;
  }
  return {
    ignoreIdenticalIds: take("ignore_identical_ids"),
    ...(furtherScores[scores] === undefined ? {} : { furtherScores: furtherScores[scores] }),
    ...(scores === "maxOverSubqueries" ? { mergeSubqueries: true } : {}),
  };
};

/** Settings by the reference's class of protocol; a text is the reason why there are none. */
const settingsOf = {
  AbsTaskSTS: (take) => ({ columns: take("column_names"), minScore: take("min_score"), maxScore: take("max_score") }),
  AbsTaskClassification: (take) =>
    take("is_cross_validation") ? "no protocol does its cross-validation" : classification(take),
  AbsTaskMultilabelClassification: (take) => {
    if (take("is_cross_validation")) return "no protocol does its cross-validation";
    return { ...classification(take), maxRows: take("max_eval_samples") };
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
    if (take("input1_prompt_type") || take("input2_prompt_type")) return "its texts have roles, which change prompts";
    return {
      columns: [take("input1_column_name"), take("input2_column_name")],
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

/** Types whose protocol is another's class in the reference. */
const bases = {
  Reranking: "AbsTaskRetrieval",
  InstructionRetrieval: "AbsTaskRetrieval",
  InstructionReranking: "AbsTaskRetrieval",
};

/**
 * Turns the facts of a task into the task, its languages left as they are; a text says why that cannot be.
 * @returns {object | string}
 */
export function converted(fact) {
  const { name, type, base, dataset, settings, prompt } = fact;
  const own = ownSteps[name];
  const preparation = own ?? fact.preparation;
  const isSaid = preparation.some(({ step }) => step === "concatConfigs");
  const isBible = name === "BibleNLPBitextMining";
  if (fact.special !== undefined && own === undefined && ownSettings[name] === undefined && !isSaid && !isBible)
    return `its rows need work of their own: ${fact.special}`;
  if (base.replace("Legacy", "") !== (bases[type] ?? `AbsTask${type}`))
    return `its type is ${type}, its protocol ${base}`;
  const { take, left } = reader(settings);
  const typeSettings = settingsOf[base](take);
  if (typeof typeSettings === "string") return typeSettings;
  if (left.size > 0) return `no setting stands for ${[...left].join(", ")}`;
  const { path, revision, name: config, split, ...more } = dataset;
  // A layout names its splits itself.
  const isTold = isBible || preparation.some(({ step }) => step === "retrievalLayout");
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
    settings: { ...typeSettings, ...ownSettings[name] },
    ...(prompt === null ? {} : { prompt }),
    ...(preparation.length === 0 ? {} : { prepare: preparation }),
    licence: fact.licence ?? "not specified",
    reference: fact.reference || `https://huggingface.co/datasets/${path}`,
  };
}
