import { type HubSettings, openSnapshot } from "../datasets/hub.ts";
import type { Encoder } from "../models/encoder.ts";
import { openModel } from "../models/index.ts";
import { createBm25 } from "../models/lexical/index.ts";
import type { Model } from "../runners/model.ts";
import { asUsage } from "./terminal.ts";

/** Which model, and how it runs. */
export interface ModelChoice {
  readonly model: string;
  readonly revision?: string;
  readonly device: "cpu";
  readonly threads: number;
  readonly onnx?: boolean;
}

/** Opens what is to be measured: a model that makes vectors, or one that ranks texts without them. */
export async function openModelOrRanker(choice: ModelChoice, hub: HubSettings): Promise<Model> {
  return choice.model === "bm25" ? createBm25() : openEncoder(choice, hub);
}

/** Opens the model that the user chose. */
export async function openEncoder(
  { model, revision, device, threads, onnx }: ModelChoice,
  hub: HubSettings,
): Promise<Encoder> {
  const snapshot = await asUsage(() => openSnapshot({ kind: "model", id: model, revision }, hub));
  return openModel(snapshot, { device, threads, exported: onnx === true });
}
