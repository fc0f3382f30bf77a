import { ranksOf } from "../../protocols/ranked.ts";
import type { TaskSpec } from "../../task.ts";

/** Returns the settings by mteb's names. */
export function settingsByTheReference(task: TaskSpec): Record<string, unknown> {
  switch (task.type) {
    case "STS": {
      // mteb makes scored pairs of arrangements, in this form.
      if ("arrangements" in task.settings)
        return { column_names: ["sentence1", "sentence2"], min_score: 0, max_score: 1 };
      const { columns, minScore, maxScore } = task.settings;
      return { column_names: columns, min_score: minScore, max_score: maxScore };
    }
    case "BitextMining":
      return {};
    case "MultilabelClassification": {
      const { textColumn, labelColumn, trainSplit, samplesPerLabel, experiments, maxRows } = task.settings;
      return {
        input_column_name: textColumn,
        label_column_name: labelColumn,
        train_split: trainSplit,
        samples_per_label: samplesPerLabel,
        n_experiments: experiments,
        is_cross_validation: false,
        max_eval_samples: maxRows,
      };
    }
    case "Regression": {
      const { textColumn, valueColumn, trainSplit, trainRows, experiments } = task.settings;
      return {
        input_column_name: textColumn,
        label_column_name: valueColumn,
        train_split: trainSplit,
        n_samples: trainRows,
        n_experiments: experiments,
        is_cross_validation: false,
      };
    }
    case "Classification": {
      if ("multilabel" in task.settings) {
        const { multilabel: _, ...settings } = task.settings;
        return settingsByTheReference({ ...task, type: "MultilabelClassification", settings });
      }
      const { textColumn, labelColumn, trainSplit, samplesPerLabel, experiments, folds } = task.settings;
      return {
        ...(folds === undefined ? {} : { n_splits: folds }),
        input_column_name: textColumn,
        label_column_name: labelColumn,
        train_split: trainSplit,
        samples_per_label: samplesPerLabel,
        n_experiments: experiments,
        is_cross_validation: folds !== undefined,
      };
    }
    case "Clustering": {
      const columns = {
        input_column_name: task.settings.textColumn,
        label_column_name: task.settings.labelColumn,
      };
      if ("legacy" in task.settings) return columns;
      const { maxDocuments, maxFraction, documentsPerExperiment, experiments, batchSize, maxDepth } = task.settings;
      return {
        ...columns,
        max_document_to_embed: maxDocuments,
        max_fraction_of_documents_to_embed: maxFraction,
        max_documents_per_cluster: documentsPerExperiment,
        n_clusters: experiments,
        k_mean_batch_size: batchSize,
        max_depth: maxDepth,
      };
    }
    case "PairClassification": {
      const [first, second] = task.settings.columns;
      const [one, other] = task.settings.roles ?? [];
      return {
        ...(one === undefined ? {} : { input1_prompt_type: one, input2_prompt_type: other }),
        input1_column_name: first,
        input2_column_name: second,
        label_column_name: task.settings.labelColumn,
      };
    }
    case "Retrieval":
    case "InstructionRetrieval":
    case "Reranking":
    case "InstructionReranking":
      return {
        k_values: ranksOf(task),
        skip_first_result: false,
        ignore_identical_ids: task.settings.ignoreIdenticalIds,
      };
    case "Summarization": {
      const { textColumn, humanColumn, machineColumn, relevanceColumn, minScore, maxScore } = task.settings;
      return {
        text_column_name: textColumn,
        human_summaries_column_name: humanColumn,
        machine_summaries_column_name: machineColumn,
        relevancy_column_name: relevanceColumn,
        min_score: minScore,
        max_score: maxScore,
        ...(task.settings.legacy ? { legacy: true } : {}),
      };
    }
  }
}
