import { createHash, randomUUID } from "node:crypto";
import { isRecord } from "../../datasets/document.ts";
import { InputError, UsageError } from "../../datasets/errors.ts";
import { thisMachine } from "../../models/runtime/machine.ts";
import type { DeviceChoice } from "../../models/runtime/providers/index.ts";
import { readEnvironment, thisProcessor } from "../environment.ts";
import { findDevice } from "../model/device.ts";
import { hardwareClass, hardwareText } from "../numeric-class.ts";
import type { Store } from "../store/store.ts";
import type { World } from "../world.ts";
import { prefixOf, type QueuedUnit, type Setting } from "./unit.ts";

const kindOf = (device: DeviceChoice): string => device.split(":")[0] as string;

/**
 * Names this machine's hardware as far as it rounds differently from other: `cpu-linux-x64-avx-avx2-fma-ONNX-Runtime-1.30.0`.
 * Workers of one name take the same units.
 *
 * @throws InputError for a device that cannot work here
 */
export async function hardwareHere(device: DeviceChoice, env: World["env"]): Promise<string> {
  const { accelerator } = await findDevice(device, thisMachine(env), () => undefined);
  const { onnxruntime } = readEnvironment();
  const text = hardwareText(hardwareClass({ onnxruntime, accelerator }, thisProcessor()));
  return `${kindOf(device)}-${text.replace(/[^\w.]+/g, "-")}`;
}

/** How many workers of each kind of hardware are there. */
export type Staff = ReadonlyMap<string, number>;

/**
 * Returns the hardware that a run is for: what the user named, what the same run was for before, the only one of the device
 * that has workers, or this machine's. The store keeps it, so that the same command goes on with the same.
 *
 * @throws UsageError where several have workers, and where none has and this machine is none
 */
export async function chooseHardware(
  setting: Omit<Setting, "hardware">,
  { hardware: named, device }: { readonly hardware?: string | undefined; readonly device: DeviceChoice },
  staff: Staff,
  store: Store,
  env: World["env"],
): Promise<string> {
  if (named !== undefined) return named;
  const kind = kindOf(device);
  const key = `runs/${prefixOf({ ...setting, hardware: kind }).slice("units/".length)}`;
  const before = await store.read(key);
  if (before !== undefined) return Buffer.from(before).toString();
  const able = [...staff].filter(([name, workers]) => workers > 0 && name.startsWith(`${kind}-`)).map(([name]) => name);
  if (able.length > 1) {
    throw new UsageError(
      `run: workers of ${able.length} kinds of hardware are there, which round differently: ${able.join(", ")}; name one of ` +
        "them with --hardware",
    );
  }
  const chosen = able[0] ?? (await hardwareHere(device, env).catch(noWorkers(kind)));
  await store.publish(key, Buffer.from(chosen));
  return Buffer.from((await store.read(key)) ?? Buffer.from(chosen)).toString();
}

const noWorkers =
  (kind: string) =>
  (error: unknown): never => {
    if (!(error instanceof InputError)) throw error;
    throw new UsageError(
      `run: no worker with ${kind} is there, and this machine has it not; start a worker first, or name the hardware with --hardware`,
    );
  };

/** Name under which a store holds its own id. */
const idKey = "id";

/**
 * Returns a store's id, which it gets when it is first asked for: machines may know one folder by several paths.
 * @throws InputError where it does not give back what it took; what the store throws
 */
export async function storeId(store: Store): Promise<string> {
  await store.publish(idKey, Buffer.from(randomUUID()));
  const id = await store.read(idKey);
  if (id !== undefined) return createHash("sha256").update(id).digest("hex").slice(0, 12);
  throw new InputError(`store ${store.name}: it does not give back what it took; expected one that all machines share`);
}

/** Returns the name of the queue for units of a version of the program, a kind of hardware and a store. */
export const queueName = (pramana: string, hardware: string, store: string): string =>
  `${pramana}/${hardware}/${store}`;

/** Reads what `queueName` wrote. */
export function readQueueName(name: string): { pramana: string; hardware: string; store: string } {
  const [pramana = "", ...rest] = name.split("/");
  return { pramana, hardware: rest.slice(0, -1).join("/"), store: rest.at(-1) ?? "" };
}

/** Returns what a server is given of a unit: without what the name of its queue says, which is a tenth of it. */
export function toJob({ setting: { pramana: _, hardware: __, ...setting }, ...unit }: QueuedUnit): unknown {
  return { ...unit, setting };
}

/** Returns what `toJob` was given, of what a queue holds; anything else as it came. */
export function fromJob(data: unknown, queue: string): unknown {
  if (!isRecord(data) || !isRecord(data["setting"])) return data;
  const { pramana, hardware } = readQueueName(queue);
  return { ...data, setting: { ...data["setting"], pramana, hardware } };
}
