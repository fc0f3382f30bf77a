import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import type { Encoder } from "../../models/encoder.ts";
import { poolingModes } from "../../models/graph/pooling.ts";
import { openAltered } from "../../models/index.ts";
import type { ModelOptions } from "../../models/open-modules.ts";
import { type Module, readRepository } from "../../models/repository/repository.ts";
import type { Cause } from "./finding.ts";

/** The model with one setting changed: what a server that errs may run. */
export interface Alteration {
  readonly cause: Cause;
  readonly told: string;
  /** Opens it; throws `InputError` where the model allows no such change. */
  readonly open: () => Promise<Encoder>;
}

const poolingNames = {
  cls: "the first token",
  max: "the greatest values of all tokens",
  mean: "the mean of all tokens",
  mean_sqrt_len_tokens: "the sum of all tokens by the root of their number",
  weightedmean: "the mean of all tokens, weighted by their places",
  lasttoken: "the last token",
} as const satisfies Readonly<Record<(typeof poolingModes)[number], string>>;

const pooled = (modes: readonly (keyof typeof poolingNames)[]): string =>
  modes.map((mode) => poolingNames[mode]).join(", ");

/** Lists the changes of a model's modules that servers are known to make. */
export async function alterations(snapshot: Snapshot, options: ModelOptions): Promise<Alteration[]> {
  const { modules, routes } = await readRepository(snapshot);
  if (routes !== undefined) return [];
  const open = (altered: readonly Module[]) => (): Promise<Encoder> => openAltered(snapshot, altered, options);
  const pooling = modules.find((module) => module.type === "Pooling");
  const others =
    pooling === undefined
      ? []
      : poolingModes
          .filter((mode) => pooling.modes.join() !== mode)
          .map(
            (mode): Alteration => ({
              cause: "pooling",
              told: `it pools ${poolingNames[mode]}, where the model pools ${pooled(pooling.modes)}`,
              open: open(modules.map((module) => (module === pooling ? { ...pooling, modes: [mode] } : module))),
            }),
          );
  const dense = modules.filter((module) => module.type !== "Dense");
  const without: Alteration = {
    cause: "dense",
    told: "it leaves out the Dense layer behind the pooling",
    open: open(dense),
  };
  return [...(dense.length < modules.length ? [without] : []), ...others];
}

/** Lengths to which a model is opened that was set to a shorter one, the greatest that it takes. */
const widerLimits = [8192, 2048, 1024, 512];

/** Opens the model with a longer limit of tokens than its own; undefined where it takes no longer one. */
export async function openWider(
  snapshot: Snapshot,
  options: ModelOptions,
  maxTokens: number,
): Promise<Encoder | undefined> {
  const { modules, routes } = await readRepository(snapshot);
  if (routes !== undefined) return undefined;
  for (const wider of widerLimits.filter((limit) => limit > maxTokens)) {
    try {
      return await openAltered(snapshot, modules, { ...options, maxTokens: wider });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return undefined;
}

/** Opens the model in int8; undefined where it is in it already, or has one precision alone. */
export async function openQuantized(snapshot: Snapshot, options: ModelOptions): Promise<Encoder | undefined> {
  const { modules, routes } = await readRepository(snapshot);
  const computes = modules[0]?.type === "Transformer" && routes === undefined && options.device === "cpu";
  if (!computes || options.precision === "int8") return undefined;
  return openAltered(snapshot, modules, { ...options, precision: "int8" });
}
