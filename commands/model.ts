import { type HubSettings, openSnapshot } from "../datasets/hub.ts";
import { pairEncoders } from "../models/asymmetric.ts";
import type { Device, DeviceChoice } from "../models/device.ts";
import { withDimensions } from "../models/dimensions.ts";
import type { Encoder } from "../models/encoder.ts";
import { openModel } from "../models/index.ts";
import type { ConfigValues } from "../models/known-configs.ts";
import { closingOnFailure } from "../models/open-all.ts";
import { pairPrompting, readOwnPrompting } from "../models/prompting.ts";
import type { Prompting } from "../models/prompts.ts";
import { asUsage, UsageError } from "./terminal.ts";

/** Which model, and how it runs. */
export interface ModelChoice {
  /** Absent where a pair is chosen. */
  readonly model?: string;
  readonly queryModel?: string;
  readonly documentModel?: string;
  readonly revision?: string;
  readonly device: DeviceChoice;
  readonly threads: number;
  readonly onnx?: boolean;
  /** Values put over those of the model's `config.json`. */
  readonly modelConfig?: ConfigValues;
  /** Values that vectors are cut to; all where absent. */
  readonly dimensions?: number;
}

/** A choice whose device was found on this machine (`findDevice`). */
type FoundChoice = ModelChoice & { readonly device: Device };

/** Opens the model that the user chose, in the form he chose. */
export async function openEncoder(
  choice: FoundChoice,
  hub: HubSettings,
  warn: (text: string) => void,
): Promise<Encoder> {
  const { dimensions } = choice;
  const encoder = await openChosen(choice, hub, warn);
  if (dimensions === undefined) return encoder;
  return closingOnFailure([encoder], () => asUsage(() => withDimensions(encoder, dimensions)));
}

async function openChosen(choice: FoundChoice, hub: HubSettings, warn: (text: string) => void): Promise<Encoder> {
  const chosen = chosenModels(choice);
  if (typeof chosen === "string") return openOne(chosen, choice, hub, warn);
  const query = await openOne(chosen.query, choice, hub, warn);
  return closingOnFailure([query], async () => {
    const document = await openOne(chosen.document, choice, hub, warn);
    return closingOnFailure([document], () => asUsage(() => pairEncoders(query, document)));
  });
}

/** The name of the one model, or those of a pair's two. */
function chosenModels(choice: ModelChoice): string | { readonly query: string; readonly document: string } {
  const { model, queryModel: query, documentModel: document } = choice;
  if (model !== undefined) return model;
  if (query !== undefined && document !== undefined) return { query, document };
  const given = query ?? document;
  throw new UsageError(
    `run: ${given === undefined ? "no model" : `only one model of a pair, ${given},`} was given; expected --model, or ` +
      "--query-model and --document-model together",
  );
}

async function openOne(
  id: string,
  { revision, device, threads, onnx, modelConfig = {} }: FoundChoice,
  hub: HubSettings,
  warn: (text: string) => void,
): Promise<Encoder> {
  const snapshot = await asUsage(() => openSnapshot({ kind: "model", id, revision }, hub));
  return openModel(snapshot, { device, threads, exported: onnx === true, config: modelConfig, warn });
}

/** What decides on the prompts of the model that the user chose; reads its configuration, not its weights. */
export async function readPrompting(choice: ModelChoice, hub: HubSettings): Promise<Prompting> {
  const read = (id: string): Promise<Prompting> =>
    asUsage(async () => readOwnPrompting(await openSnapshot({ kind: "model", id, revision: choice.revision }, hub)));
  const chosen = chosenModels(choice);
  if (typeof chosen === "string") return read(chosen);
  return pairPrompting(await read(chosen.query), await read(chosen.document));
}
