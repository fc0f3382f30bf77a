import type { ModelInfo, Role } from "../models/encoder.ts";

/**
 * What decides on the last bits of a model's numbers, and so now and then on the last places of a score: two machines of one
 * class make the same vectors, two of different classes vectors that differ by some 1e-7 in fp32, and by as much as 1e-2 in
 * int8, where a value may be rounded to the next step. Threads, the number of GPUs and Node do not count
 * (docs/decisions/017-numeric-classes.md says why).
 */
export interface NumericClass {
  /** Version of ONNX Runtime, whose kernels they are. */
  readonly onnxruntime: string;
  /** `processorClass`; also where the model ran on a GPU, since searches and learners run on the processor. */
  readonly processor: string;
  /** The GPU's name and driver; absent where the model ran on the processor, or elsewhere. */
  readonly accelerator?: string | undefined;
  readonly precision: string;
  /** Most padded tokens of a batch; of a pair of models two numbers. Absent where the model makes no batches here. */
  readonly batch?: string | undefined;
}

/** What of a class the user did not choose. */
type HardwareClass = Omit<NumericClass, "precision" | "batch">;

/** Where a model runs. */
interface Machine {
  readonly onnxruntime: string;
  readonly accelerator?: string | undefined;
}

/** Returns the class of a machine. However many GPUs of a kind there are, a batch runs on one of them. */
export const hardwareClass = ({ onnxruntime, accelerator }: Machine, processor: string): HardwareClass => ({
  ...{ onnxruntime, processor },
  ...(accelerator !== undefined && { accelerator: accelerator.replace(/\d+ × /g, "") }),
});

/** Facts about a model that its class is made of. */
type ClassedInfo = Pick<ModelInfo, "precision" | "batchTokens"> & {
  readonly sides?: Readonly<Record<Role, Pick<ModelInfo, "batchTokens">>>;
};

/** Returns the class of a model on the machine that it runs on. */
export function numericClass(
  { precision, batchTokens, sides }: ClassedInfo,
  machine: Machine,
  processor: string,
): NumericClass {
  const budgets = sides ? [sides.query.batchTokens, sides.document.batchTokens] : [batchTokens];
  const batch = budgets.every((one) => one !== undefined) ? budgets.join("→") : undefined;
  return {
    ...hardwareClass(machine, processor),
    precision,
    ...(batch !== undefined && { batch }),
  };
}

const names: Readonly<Record<keyof NumericClass, string>> = {
  accelerator: "the accelerator",
  processor: "the processor",
  onnxruntime: "ONNX Runtime",
  precision: "the precision",
  batch: "the batch",
};

/** Describes all that differs between two classes, for people; empty where nothing does. */
export const classDifferences = (was: NumericClass, is: NumericClass): readonly string[] =>
  (Object.keys(names) as (keyof NumericClass)[])
    .filter((key) => was[key] !== is[key])
    .map((key) => `${names[key]} was ${was[key] ?? "none"} and is ${is[key] ?? "none"}`);

/** Names the hardware of a class and its kernels, without what the user chose: `linux/x64 avx2 fma, ONNX Runtime 1.30.0`. */
export const hardwareText = ({ accelerator, processor, onnxruntime }: HardwareClass): string =>
  [...(accelerator === undefined ? [] : [accelerator]), processor, `ONNX Runtime ${onnxruntime}`].join(", ");

/** Describes what is other about the hardware of two classes: a GPU's batch size, which is found anew each time, is none of it. */
export const hardwareDifferences = (was: NumericClass, is: NumericClass): readonly string[] =>
  classDifferences({ ...was, batch: is.batch }, is);

/** Returns each of the classes once, in order. */
export const distinctClasses = (classes: readonly NumericClass[]): readonly NumericClass[] =>
  classes.filter((one, i) => classes.findIndex((other) => classDifferences(one, other).length === 0) === i);
