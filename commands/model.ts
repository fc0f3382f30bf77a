import { type HubSettings, openSnapshot } from "../datasets/hub.ts";
import type { Encoder } from "../models/encoder.ts";
import { openModel } from "../models/index.ts";
import type { Model } from "../runners/model.ts";
import { type AdapterWorld, openAdapter, openRanker } from "./adapters.ts";
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
export async function openModelOrRanker(choice: ModelChoice, hub: HubSettings, world: AdapterWorld): Promise<Model> {
  return openRanker(choice) ?? (await openEncoder(choice, hub, world));
}

/** Opens the model that the user chose. */
export async function openEncoder(choice: ModelChoice, hub: HubSettings, world: AdapterWorld): Promise<Encoder> {
  const adapter = await openAdapter(choice, world);
  if (adapter !== undefined) return adapter;
  const { model, revision, device, threads, onnx } = choice;
  const snapshot = await asUsage(() => openSnapshot({ kind: "model", id: model, revision }, hub));
  return openModel(snapshot, { device, threads, exported: onnx === true });
}
