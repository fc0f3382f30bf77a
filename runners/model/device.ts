import { InputError } from "../../datasets/errors.ts";
import type { Machine } from "../../models/runtime/machine.ts";
import { type Device, type DeviceChoice, providerOf } from "../../models/runtime/providers/index.ts";
import type { FoundDevice } from "../../models/runtime/providers/provider.ts";

/**
 * Finds the device behind a choice.
 * @throws InputError naming what its provider lacks, UsageError for a device that is not there
 */
export async function findDevice(choice: DeviceChoice, machine: Machine): Promise<FoundDevice<Device>> {
  const { findings, find } = await providerOf(choice).inspect(machine);
  const missing = findings.filter(({ state }) => state === "missing");
  if (missing.length === 0) return find(choice);
  const list = missing.map(({ what, seen }) => `${what} (${seen})`).join(", ");
  throw new InputError(
    `device: ${choice} cannot work here, missing: ${list}; \`pramana doctor --device ${choice}\` says what mends it`,
  );
}

/**
 * Returns the record's fact about the hardware that a model ran on.
 * @param ranOn `EncoderInfo.device`: a model may run elsewhere than was chosen, such as behind an address.
 */
export const acceleratorOf = (ranOn: string, { device, accelerator }: FoundDevice): Pick<FoundDevice, "accelerator"> =>
  ranOn === device && accelerator !== undefined ? { accelerator } : {};
