import { InputError } from "../datasets/errors.ts";
import { cudaFindings, describeAccelerator, describeGpu, visibleGpus } from "../models/runtime/cuda.ts";
import { cudaDevice, type Device, type DeviceChoice, gpusOf } from "../models/runtime/device.ts";
import { gatherCuda, type Machine, thisMachine } from "./machine.ts";
import { UsageError } from "./terminal.ts";

/**
 * The GPUs behind a choice of device.
 * @throws InputError naming what the CUDA provider lacks, UsageError for a GPU that is not there
 */
export async function findDevice(
  device: DeviceChoice,
  env: Machine["env"],
  machine: Machine = thisMachine(env),
): Promise<Device> {
  if (device === "cpu") return device;
  const facts = await gatherCuda(machine);
  const missing = cudaFindings(facts).filter(({ state }) => state === "missing");
  if (missing.length > 0) {
    const list = missing.map(({ what, seen }) => `${what} (${seen})`).join(", ");
    throw new InputError(
      `device: ${device} cannot work here, missing: ${list}; \`pramana doctor --device ${device}\` says what mends it`,
    );
  }
  const gpus = visibleGpus(facts);
  if (device === "cuda") return cudaDevice([...gpus.keys()]);
  if (gpusOf(device).every((gpu) => gpu < gpus.length)) return device;
  const there = gpus.map((gpu, i) => `cuda:${i} (${describeGpu(gpu)})`).join(", ");
  throw new UsageError(`device: there is no ${device}; there is ${there}`);
}

/** What a model ran on, where that was not the processor: GPUs and driver, for the record. */
export async function acceleratorOf(
  device: string,
  env: Machine["env"],
  machine: Machine = thisMachine(env),
): Promise<string | undefined> {
  const gpus = gpusOf(device);
  if (gpus.length === 0) return undefined;
  const described = describeAccelerator(gpus, await gatherCuda(machine));
  return env["NVIDIA_TF32_OVERRIDE"] === "0" ? described : `${described}, TF32`;
}
