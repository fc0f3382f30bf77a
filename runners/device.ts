import { InputError, UsageError } from "../datasets/errors.ts";
import { cudaFindings, describeAccelerator, describeGpu, visibleGpus } from "../models/runtime/cuda.ts";
import { cudaDevice, type Device, type DeviceChoice, gpusOf } from "../models/runtime/device.ts";
import { gatherCuda, type Machine, thisMachine } from "../models/runtime/machine.ts";

/** Where a model is to run. */
export interface FoundDevice {
  readonly device: Device;
  /** Its GPUs and their driver, for the record; absent for the processor. */
  readonly accelerator?: string;
}

/**
 * The GPUs behind a choice of device.
 * @throws InputError naming what the CUDA provider lacks, UsageError for a GPU that is not there
 */
export async function findDevice(
  choice: DeviceChoice,
  env: Machine["env"],
  machine: Machine = thisMachine(env),
): Promise<FoundDevice> {
  if (choice === "cpu") return { device: choice };
  const facts = await gatherCuda(machine);
  const missing = cudaFindings(facts).filter(({ state }) => state === "missing");
  if (missing.length > 0) {
    const list = missing.map(({ what, seen }) => `${what} (${seen})`).join(", ");
    throw new InputError(
      `device: ${choice} cannot work here, missing: ${list}; \`pramana doctor --device ${choice}\` says what mends it`,
    );
  }
  const gpus = visibleGpus(facts);
  const chosen = choice === "cuda" ? [...gpus.keys()] : gpusOf(choice);
  if (chosen.some((gpu) => gpu >= gpus.length)) {
    const there = gpus.map((gpu, i) => `cuda:${i} (${describeGpu(gpu)})`).join(", ");
    throw new UsageError(`device: there is no ${choice}; there is ${there}`);
  }
  const described = describeAccelerator(chosen, facts);
  const accelerator = env["NVIDIA_TF32_OVERRIDE"] === "0" ? described : `${described}, TF32`;
  return { device: cudaDevice(chosen), accelerator };
}

/**
 * What the record says of the GPUs that a model ran on.
 * @param ranOn `EncoderInfo.device`: a model may run elsewhere than was chosen, such as behind an address.
 */
export const acceleratorOf = (ranOn: string, { device, accelerator }: FoundDevice): Pick<FoundDevice, "accelerator"> =>
  ranOn === device && accelerator !== undefined ? { accelerator } : {};
