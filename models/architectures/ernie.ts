import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { paddingBias } from "../graph/attention.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { bertFields, embedAsBert } from "./bert.ts";
import { addPostNormLayers, bertNames, encoderShape, evenHeads } from "./post-norm.ts";

const configSchema = z
  .object({
    ...bertFields,
    use_task_id: z.boolean().default(false),
    task_type_vocab_size: z.int().positive().max(limits.tableRows).default(3),
  })
  .refine(evenHeads.check, evenHeads.fault);

/** ERNIE (Sun et al. 2019; transformers' ErnieModel): BERT; from 2.0 on with an embedding of the task, always task 0. */
export const ernie: Architecture = {
  modelTypes: ["ernie"],
  learnedPositions: (config) => Number(config["max_position_embeddings"]),
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("ernie", configSchema, rawConfig);
    const further = config.use_task_id ? { task_type_embeddings: config.task_type_vocab_size } : {};
    const embedded = embedAsBert(graph, config, weights, inputs, config.hidden_size, further);
    const bias = paddingBias(graph, inputs.mask);
    return addPostNormLayers(graph, weights, encoderShape(config), bertNames, embedded, bias);
  },
};
