import { InputError } from "../../datasets/errors.ts";

/** Where the user wants a model to run: on the processor, on every visible GPU, or on one of them. */
export type DeviceChoice = "cpu" | "cuda" | `cuda:${string}`;

/** Where a model runs: `cpu`, or `cuda:` and the numbers of its GPUs among the visible ones: `cuda:0`, `cuda:0,1`. */
export type Device = "cpu" | `cuda:${string}`;

/** Reads `cpu`, `cuda` or `cuda:N`. Throws `InputError` for anything else. */
export function parseDevice(text: string): DeviceChoice {
  if (text === "cpu" || text === "cuda") return text;
  if (/^cuda:\d{1,3}$/.test(text)) return cudaDevice([Number(text.slice(5))]);
  throw new InputError(
    `device: ${JSON.stringify(text)} is unknown; expected cpu, cuda (every visible GPU) or cuda:N (one GPU, from 0)`,
  );
}

/** The device made of these GPUs. */
export const cudaDevice = (gpus: readonly number[]): `cuda:${string}` => `cuda:${gpus.join(",")}`;

/** The numbers of a device's GPUs; none for the processor. */
export function gpusOf(device: string): number[] {
  const [, list] = /^cuda:(\d+(?:,\d+)*)$/.exec(device) ?? [];
  return list?.split(",").map(Number) ?? [];
}

/** The devices that have a session each: the processor, or every GPU on its own. */
export function singleDevices(device: Device): Device[] {
  return device === "cpu" ? [device] : gpusOf(device).map((gpu) => cudaDevice([gpu]));
}
