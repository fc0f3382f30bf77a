import { InputError } from "../../datasets/errors.ts";
import type { Machine } from "../../models/runtime/machine.ts";
import {
  automatic,
  bestFirst,
  type Device,
  type DeviceChoice,
  type NamedDevice,
  neverUnasked,
  providerOf,
  providers,
} from "../../models/runtime/providers/index.ts";
import type { Finding, FoundDevice, Inspection } from "../../models/runtime/providers/provider.ts";

/**
 * Finds the device behind a choice. Tells what `auto` takes and why not the others, and of a device that is never taken
 * unasked that it is untried.
 * @throws InputError naming what its provider lacks, UsageError for a device that is not there
 */
export async function findDevice(
  choice: DeviceChoice,
  machine: Machine,
  note: (line: string) => void,
): Promise<FoundDevice<Device>> {
  if (choice !== automatic) {
    const found = await findNamed(choice, machine);
    const kind = neverUnasked.find((one) => providers[one] === providerOf(choice));
    if (kind !== undefined) note(`device: ${kind} is untried, ${providers[kind].untried}; see docs/devices.md`);
    return found;
  }
  const { found, passedOver } = await findBest(machine);
  note(`device: ${bestText(found, passedOver)}`);
  return found;
}

/**
 * Returns the choice with the name of a device in place of `auto`, so that all that follows runs on the same one.
 * @throws as `findDevice`
 */
export async function settleDevice<Choice extends { readonly device: DeviceChoice }>(
  choice: Choice,
  machine: Machine,
  note: (line: string) => void,
): Promise<Omit<Choice, "device"> & { readonly device: NamedDevice }> {
  const { device } = choice;
  return { ...choice, device: device === automatic ? (await findDevice(device, machine, note)).device : device };
}

async function findNamed(choice: NamedDevice, machine: Machine): Promise<FoundDevice<Device>> {
  const { findings, find } = await providerOf(choice).inspect(machine);
  const missing = missingOf(findings);
  if (missing.length === 0) return find(choice);
  throw new InputError(
    `device: ${choice} cannot work here, missing: ${missing.map(missingText).join(", ")}; ` +
      `\`pramana doctor --device ${choice}\` says what mends it`,
  );
}

/** What `auto` takes, and the kinds that this system has and it does not take, each with the reason. */
interface Best {
  readonly found: FoundDevice<Device>;
  readonly passedOver: readonly string[];
}

/** Finds the best device that works; the processor always does. */
export async function findBest(machine: Machine): Promise<Best> {
  const built = await machine.providers();
  const untried = neverUnasked.filter((kind) => built.includes(kind)).map((kind) => `${kind} is untried`);
  const passedOver: string[] = [];
  for (const kind of bestFirst) {
    const inspection = await providers[kind].inspect(machine);
    const reason = await reasonAgainst(inspection);
    if (reason === undefined) return { found: inspection.find(kind), passedOver: [...passedOver, ...untried] };
    // Of what is for other systems there is nothing to tell.
    if (built.includes(kind)) passedOver.push(`${kind} ${reason}`);
  }
  throw new Error("device: not even the processor works");
}

/** Returns why `auto` does not take a device: the first thing that is missing, and that it does not compute. */
async function reasonAgainst({ findings, passedOver, tryOut }: Inspection): Promise<string | undefined> {
  const [missing] = missingOf(findings);
  if (missing !== undefined) return `lacks ${missingText(missing)}`;
  if (passedOver !== undefined) return passedOver;
  const [failed] = missingOf(await tryOut(undefined));
  return failed && `fails, ${missingText(failed)}`;
}

/** Says what `auto` takes: `auto takes cpu; cuda lacks driver (…), webgpu lacks GPU (…)`. */
export function bestText({ device, accelerator }: FoundDevice, passedOver: readonly string[]): string {
  const taken = `auto takes ${device}${accelerator === undefined ? "" : ` (${accelerator})`}`;
  return [taken, ...(passedOver.length > 0 ? [passedOver.join(", ")] : [])].join("; ");
}

const missingOf = (findings: readonly Finding[]): Finding[] => findings.filter(({ state }) => state === "missing");
const missingText = ({ what, seen }: Finding): string => `${what} (${seen})`;

/**
 * Returns the record's fact about the hardware that a model ran on.
 * @param ranOn `EncoderInfo.device`: a model may run elsewhere than was chosen, such as behind an address.
 */
export const acceleratorOf = (ranOn: string, { device, accelerator }: FoundDevice): Pick<FoundDevice, "accelerator"> =>
  ranOn === device && accelerator !== undefined ? { accelerator } : {};
