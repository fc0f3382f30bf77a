import { type HubSettings, openSnapshot } from "../datasets/hub.ts";
import { pairEncoders } from "../models/asymmetric.ts";
import { withDimensions } from "../models/dimensions.ts";
import type { Encoder } from "../models/encoder.ts";
import { openModel } from "../models/index.ts";
import { asUsage, UsageError } from "./terminal.ts";

/** Which model, and how it runs. */
export interface ModelChoice {
  /** Absent where a pair is chosen. */
  readonly model?: string;
  readonly queryModel?: string;
  readonly documentModel?: string;
  readonly revision?: string;
  readonly device: "cpu";
  readonly threads: number;
  readonly onnx?: boolean;
  /** Values that vectors are cut to; all where absent. */
  readonly dimensions?: number;
}

/** Opens the model that the user chose, in the form he chose. */
export async function openEncoder(choice: ModelChoice, hub: HubSettings): Promise<Encoder> {
  const { dimensions } = choice;
  const encoder = await openChosen(choice, hub);
  if (dimensions === undefined) return encoder;
  return orClose(encoder, () => asUsage(() => withDimensions(encoder, dimensions)));
}

async function openChosen(choice: ModelChoice, hub: HubSettings): Promise<Encoder> {
  const { model, queryModel, documentModel } = choice;
  if (model !== undefined) return openOne(model, choice, hub);
  if (queryModel === undefined || documentModel === undefined) {
    const given = queryModel ?? documentModel;
    throw new UsageError(
      `run: ${given === undefined ? "no model" : `only one model of a pair, ${given},`} was given; expected --model, or ` +
        "--query-model and --document-model together",
    );
  }
  const query = await openOne(queryModel, choice, hub);
  return orClose(query, async () => {
    const document = await openOne(documentModel, choice, hub);
    return orClose(document, () => asUsage(() => pairEncoders(query, document)));
  });
}

async function openOne(
  id: string,
  { revision, device, threads, onnx }: ModelChoice,
  hub: HubSettings,
): Promise<Encoder> {
  const snapshot = await asUsage(() => openSnapshot({ kind: "model", id, revision }, hub));
  return openModel(snapshot, { device, threads, exported: onnx === true });
}

/** What `use` makes of an open encoder; closes it where that fails. */
async function orClose(encoder: Encoder, use: () => Promise<Encoder>): Promise<Encoder> {
  try {
    return await use();
  } catch (error) {
    await encoder.close();
    throw error;
  }
}
