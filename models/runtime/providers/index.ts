import { InputError, UsageError } from "../../../datasets/errors.ts";
import type { Format } from "../../graph/builder.ts";
import type { Precision } from "../precision.ts";
import { coreml } from "./coreml.ts";
import { cpu } from "./cpu.ts";
import { cuda } from "./cuda.ts";
import { dml } from "./dml.ts";
import type { Form, Provider } from "./provider.ts";
import { webgpu } from "./webgpu.ts";

/** The kinds of devices, in the order of help and messages. */
const records = { cpu, cuda, webgpu, coreml, dml };

type Kind = keyof typeof records;

/** A device by a name of its provider's: `cpu`, `cuda`, `cuda:1`. */
export type NamedDevice = (typeof records)[Kind] extends Provider<infer Choice> ? Choice : never;

/** The best device that works. */
export const automatic = "auto";

/** A device as the user names it. */
export type DeviceChoice = NamedDevice | typeof automatic;

/** A device that a model runs on: `cpu`, `cuda:0`, `cuda:0,1`. */
export type Device = (typeof records)[Kind] extends Provider<string, infer Found> ? Found : never;

export const providers: Readonly<Record<Kind, Provider<NamedDevice, Device>>> = records;

export const defaultDevice = "cpu" satisfies DeviceChoice;

/** What `auto` may take, the best first; no other device is taken unasked (docs/devices.md says why). */
export const bestFirst: readonly Kind[] = ["cuda", "webgpu", "cpu"];

/** The kinds that nobody is given who has not named them. */
export const neverUnasked = (Object.keys(records) as Kind[]).filter((kind) => !bestFirst.includes(kind));

const all: readonly Provider<NamedDevice, Device>[] = Object.values(providers);

const automaticForm: Form = { form: automatic, help: "the best that works", expected: "the best that works" };

/** Lists all forms as `a, b (words) or c`. */
function listed(words: "help" | "expected"): string {
  const forms = [...all.flatMap((provider) => provider.forms), automaticForm].map(({ form, [words]: said }) =>
    said === undefined ? form : `${form} (${said})`,
  );
  return [forms.slice(0, -1).join(", "), ...forms.slice(-1)].join(" or ");
}

/** All that the user may write, for the help. */
export const deviceHelp = listed("help");

/** Makes the error of a device that there is none of. */
export const unknownDevice = (text: string, hint = ""): InputError =>
  new InputError(`device: ${JSON.stringify(text)} is unknown${hint}; expected ${listed("expected")}`);

/**
 * Returns the record of a device, named or found.
 * @throws InputError where there is no such device
 */
export function providerOf(device: string): Provider<NamedDevice, Device> {
  const provider = all.find(({ names }) => names.test(device));
  if (provider === undefined) throw unknownDevice(device);
  return provider;
}

/**
 * Returns the format in which a Transformer is written for that precision.
 * @throws UsageError for a precision that the device has not
 */
export function formatOf(precision: Precision, device: Device): Format {
  const format = providerOf(device).formats[precision];
  if (!("refused" in format)) return format;
  throw new UsageError(`precision: ${precision} ${format.refused}, the device is ${device}; ${format.instead}`);
}

/**
 * ONNX Runtime's libraries for Linux and macOS tell Microsoft, unless this variable is set before they begin, of each
 * session: a number kept for the machine, hashes of graph and weights, names of operators, times. What a user measures is
 * nobody else's business, so it is set; one who sets it himself decides.
 */
const quiet = { ORT_DISABLE_TELEMETRY: "1" };

/**
 * Sets the variables that ONNX Runtime and its providers read, where the user has not set them in `out`, the process's
 * environment: a thread whose environment is a copy (`worker_threads` without `SHARE_ENV`) cannot set them.
 * @param of The providers that may be used.
 */
export function prepareEnvironment(out: Record<string, string | undefined>, of: readonly Provider[] = all): void {
  const read = [quiet, ...of.map(({ environment }) => environment)];
  for (const [name, value] of read.flatMap((one) => Object.entries(one))) out[name] ??= value;
}
