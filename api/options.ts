import { availableParallelism } from "node:os";
import type { Precision } from "../models/runtime/precision.ts";
import { type DeviceChoice, defaultDevice } from "../models/runtime/providers/index.ts";
import { parseDevice } from "../models/runtime/providers/parse.ts";
import type { ModelChoice } from "../runners/model/open-model.ts";
import { checkSetting, settings } from "../runners/setting.ts";
import type { KnownOptions } from "./known.ts";
import type { CallOptions } from "./world.ts";

/** Options that name a model, and how it runs. */
export interface ModelOptions extends Omit<ModelChoice, "device" | "threads"> {
  /**
   * A repository of the Hugging Face Hub (`organisation/name`), a folder (`./checkpoint-500`), `bm25`, a model behind an
   * OpenAI-compatible address (`http://host/v1#name`), or `precomputed:FOLDER`. Absent where a pair is chosen
   * (`queryModel` and `documentModel`). Beside `fusion` several of these, joined by `+`.
   */
  readonly model?: string;
  /** Branch, tag or commit of a repository of the Hub. Default: `main`. */
  readonly revision?: string;
  /** `cpu`, `cuda` (every visible GPU), `cuda:N`, `webgpu`, `coreml`, `dml`, or `auto`, the best that works. Default: `cpu`. */
  readonly device?: DeviceChoice;
  /** Threads of one operator, 1 or more. Default: as many as there are processors. */
  readonly threads?: number;
  /** Precision that the model computes in. Default: `fp32`; on a GPU, that of the stored weights. */
  readonly precision?: Precision;
}

/** Names of the options that name a model, and of those of every call. */
export const knownOfModel: KnownOptions<ModelOptions & CallOptions> = {
  ...{ model: true, queryModel: true, documentModel: true, revision: true, kind: true, onnx: true, modelConfig: true },
  ...{
    maxTokens: true,
    dimensions: true,
    device: true,
    threads: true,
    precision: true,
    signal: true,
    onProgress: true,
  },
};

/** Options whose defaults are filled in. */
export type Completed<Options extends ModelOptions> = Options & Pick<ModelChoice, "device" | "threads">;

/**
 * Fills in defaults, and checks what the compiler cannot: a caller may be JavaScript, or read its options from a file.
 *
 * @throws InputError naming the option, its value and what was expected
 */
export function complete<Options extends ModelOptions>(options: Options): Completed<Options> {
  const given = new Map<string, unknown>(Object.entries(options));
  for (const [name, setting] of Object.entries(settings)) checkSetting(name, given.get(name), setting);
  const { device = defaultDevice, threads = availableParallelism() } = options;
  return { ...options, device: parseDevice(device), threads };
}
