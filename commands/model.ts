import { type HubSettings, openSnapshot } from "../datasets/hub.ts";
import type { Device, DeviceChoice } from "../models/device.ts";
import type { Encoder } from "../models/encoder.ts";
import { openModel } from "../models/index.ts";
import type { ConfigValues } from "../models/known-configs.ts";
import { readOwnPrompting } from "../models/prompting.ts";
import type { Prompting } from "../models/prompts.ts";
import { asUsage } from "./terminal.ts";

/** Which model, and how it runs. */
export interface ModelChoice {
  readonly model: string;
  readonly revision?: string;
  readonly device: DeviceChoice;
  readonly threads: number;
  readonly onnx?: boolean;
  /** Values put over those of the model's `config.json`. */
  readonly modelConfig?: ConfigValues;
}

/** What decides on the prompts of the model that the user chose; reads its configuration, not its weights. */
export async function readPrompting({ model, revision }: ModelChoice, hub: HubSettings): Promise<Prompting> {
  return asUsage(async () => readOwnPrompting(await openSnapshot({ kind: "model", id: model, revision }, hub)));
}

/** Opens the model that the user chose, on a device of this machine (`findDevice`). */
export async function openEncoder(
  { model, revision, device, threads, onnx, modelConfig = {} }: ModelChoice & { readonly device: Device },
  hub: HubSettings,
  warn: (text: string) => void,
): Promise<Encoder> {
  const snapshot = await asUsage(() => openSnapshot({ kind: "model", id: model, revision }, hub));
  return openModel(snapshot, { device, threads, exported: onnx === true, config: modelConfig, warn });
}
