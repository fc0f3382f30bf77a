import { InputError } from "../datasets/errors.ts";
import { shownJson } from "../datasets/shown.ts";
import type { EncodeProgress, Encoder, EncoderInfo, Role } from "../models/encoder.ts";
import { adapterFor, namedPrompt, promptFor } from "../models/prompts/prompts.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import { findDevice } from "../runners/model/device.ts";
import { openEncoder } from "../runners/model/open-model.ts";
import { roleAdapter, rolePrompt } from "../runners/model/prompts.ts";
import { checkSetting, oneOf } from "../runners/setting.ts";
import { getTask } from "../tasks/index.ts";
import { prompted } from "../tasks/types/index.ts";
import { type KnownOptions, requireKnown } from "./known.ts";
import { complete, knownOfModel, type ModelOptions } from "./options.ts";
import { type CallOptions, callWorld, prepareDevice } from "./world.ts";

/** Options for encoding texts. Of the options that decide on the prompt, the first in this order counts. */
export interface TextOptions {
  /** Text that is put before every text; where it holds `{text}`, every text goes there instead. */
  readonly prompt?: string;
  /** Name of one of the model's prompts (`info.prompts`). */
  readonly promptName?: string;
  /** Name of a task of the catalogue: the prompt is what an evaluation on it would put before the texts. */
  readonly task?: string;
  /** Queries or documents. Without a task, the prompt is that of retrieval in general. */
  readonly role?: Role;
  /** Name of one of the model's adapters (`info.adapters`), in place of that of the task or the role. */
  readonly adapter?: string;
  readonly signal?: AbortSignal;
  /** Called after each batch. */
  readonly onProgress?: (progress: EncodeProgress) => void;
}

/** A model that is open to encode texts. */
export interface OpenModel {
  readonly info: EncoderInfo;
  /** Lines that the user should know and need not act on, such as an assumption about a config that is silent. */
  readonly notes: readonly string[];
  /** Returns a vector of `info.dims` values for each text, in their order. Throws the signal's reason once it aborts. */
  encode(texts: readonly string[], options?: TextOptions): Promise<Float32Array[]>;
  /** Ends the model's threads and frees its memory. */
  close(): Promise<void>;
}

/**
 * Opens a model to encode texts. It holds memory and threads until it is closed.
 *
 * @throws InputError where it cannot be found, read or understood, with the message that the command line has
 *
 * @example
 * const model = await openModel({ model: "./checkpoint-500" });
 * try {
 *   const [query] = await model.encode(["how tall is a giraffe"], { role: "query" });
 *   console.log(query?.length === model.info.dims); // true
 * } finally {
 *   await model.close();
 * }
 */
export async function openModel(given: ModelOptions & CallOptions): Promise<OpenModel> {
  requireKnown("openModel", given, knownOfModel);
  const { signal, onProgress, ...options } = given;
  signal?.throwIfAborted();
  const choice = complete(options);
  const { world, notes } = callWorld(signal, onProgress);
  prepareDevice(choice.device);
  const { device } = await findDevice(choice.device, thisMachine(world.env), world.note);
  const encoder = await openEncoder(choice, { ...world, device });
  return {
    info: encoder.info,
    notes,
    encode: (texts, textOptions) => encodeTexts(encoder, texts, textOptions),
    close: () => encoder.close(),
  };
}

const known: KnownOptions<TextOptions> = {
  ...{ prompt: true, promptName: true, task: true, role: true, adapter: true, signal: true, onProgress: true },
};

/** Whether a text may be a query's or a document's. */
const roleSetting = oneOf(["query", "document"] satisfies Role[]);

/** @throws InputError for what the compiler would refuse: a caller may be JavaScript */
function checkEncoding(texts: readonly string[], options: TextOptions): void {
  if (!Array.isArray(texts)) throw new InputError(`encode: ${shownJson(texts)} is given; expected a list of texts`);
  requireKnown("encode", options, known);
  checkSetting("role", options.role, roleSetting);
  for (const name of ["prompt", "promptName", "task", "adapter"] as const) {
    const value: unknown = options[name];
    if (value === undefined || typeof value === "string") continue;
    throw new InputError(`encode: ${name}: ${shownJson(value)} is given; expected a text`);
  }
}

async function encodeTexts(
  encoder: Encoder,
  texts: readonly string[],
  options: TextOptions = {},
): Promise<Float32Array[]> {
  checkEncoding(texts, options);
  const { prompt, promptName, task, role, adapter, ...call } = options;
  const { info } = encoder;
  const ofTask = task === undefined ? undefined : adapterFor(info, prompted(getTask(task)), role);
  const { data, rows, dims } = await encoder.encode(texts, {
    ...call,
    prompt: prompt ?? ownPrompt(info, promptName, task, role),
    ...roleAdapter(info, adapter ?? ofTask, task === undefined ? role : undefined),
    ...(role ? { role } : {}),
  });
  return Array.from({ length: rows }, (_, i) => data.subarray(i * dims, (i + 1) * dims));
}

/** Returns the model's prompt of this name, for this task, or for this role. @throws InputError for unknown names */
function ownPrompt(info: EncoderInfo, name: string | undefined, task: string | undefined, role?: Role): string {
  if (name !== undefined) return namedPrompt(info, name);
  if (task !== undefined) return promptFor(info, prompted(getTask(task)), role);
  return rolePrompt(info, role);
}
