import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { paddingBias } from "../graph/attention.ts";
import { linear, linearOf } from "../graph/layers.ts";
import { parseConfig } from "../repository/config.ts";
import type { Architecture } from "./architecture.ts";
import { bertFields, embedAsBert } from "./bert.ts";
import { addPostNormLayers, bertNames, encoderShape, evenHeads } from "./post-norm.ts";

const configSchema = z
  .object({ ...bertFields, embedding_size: z.int().positive().max(limits.width).default(128) })
  .refine(evenHeads.check, evenHeads.fault);

/** ELECTRA (Clark et al. 2020; transformers' ElectraModel): BERT, whose embeddings may be narrower than its layers. */
export const electra: Architecture = {
  modelTypes: ["electra"],
  learnedPositions: (config) => Number(config["max_position_embeddings"]),
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("electra", configSchema, rawConfig);
    const { embedding_size: width, hidden_size: hidden } = config;
    const narrow = embedAsBert(graph, config, weights, inputs, width);
    const embedded =
      width === hidden
        ? narrow
        : linear(graph, narrow, linearOf(graph, weights, "embeddings_project", [hidden, width]));
    const bias = paddingBias(graph, inputs.mask);
    return addPostNormLayers(graph, weights, encoderShape(config), bertNames, embedded, bias);
  },
};
