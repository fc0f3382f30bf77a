import { freemem, totalmem } from "node:os";
import { dirname } from "node:path";
import { hubSettings } from "../datasets/settings.ts";
import { type Machine, thisMachine } from "../models/runtime/machine.ts";
import { automatic, type DeviceChoice, type NamedDevice, providers } from "../models/runtime/providers/index.ts";
import type { Finding, Provider } from "../models/runtime/providers/provider.ts";
import { works } from "../reports/doctor-text.ts";
import { cpuinfoFile, type Environment, instructionSetsIn, readEnvironment } from "../runners/environment.ts";
import { bestText, findBest } from "../runners/model/device.ts";
import { doctorFormats, type FormatOf } from "./formats.ts";
import type { Terminal } from "./terminal.ts";

export interface DoctorChoice {
  /** Device that has to work for the command to succeed. */
  readonly device?: DeviceChoice;
  readonly format: FormatOf<typeof doctorFormats>;
}

/** Prints what is installed and what is missing. Returns whether the device that was asked for can work. */
export async function doctor(
  { device, format }: DoctorChoice,
  { env, out, outWidth }: Terminal,
  machine: Machine = thisMachine(env),
): Promise<boolean> {
  const general = await generalFindings(machine, readEnvironment());
  const sections = [];
  for (const [kind, provider] of Object.entries(providers)) {
    const asked = device !== undefined && device !== automatic && provider.names.test(device) ? device : undefined;
    sections.push({
      kind,
      isAsked: asked !== undefined,
      findings: await inspectProvider(provider, machine, asked),
    });
  }
  const write = await doctorFormats[format].load();
  // Of the processor there is nothing to tell.
  out(write({ general, devices: sections.filter(({ findings }) => findings.length > 0) }, outWidth));
  return sections.every(({ isAsked, findings }) => !isAsked || works(findings));
}

/**
 * Looks for all that a provider needs, and tells what is untried of it; where nothing is missing, tries out each device
 * that was asked for.
 */
async function inspectProvider(
  { inspect, untried }: Provider,
  machine: Machine,
  device: NamedDevice | undefined,
): Promise<readonly Finding[]> {
  const { findings, tryOut } = await inspect(machine);
  const tried = works(findings) ? await tryOut(device) : [];
  const unseen: Finding[] = untried === undefined ? [] : [{ what: "untried", state: "untried", seen: untried }];
  return [...findings, ...tried, ...unseen];
}

/** Says what `--device auto` takes here. */
async function automaticFinding(machine: Machine): Promise<Finding> {
  const { found, passedOver } = await findBest(machine);
  return { what: "--device auto", state: "ok", seen: bestText(found, passedOver) };
}

async function generalFindings(machine: Machine, environment: Environment): Promise<Finding[]> {
  const { cacheDir, endpoint, offline, token, tokenFile } = hubSettings(machine.env);
  const ok = (what: string, seen: string): Finding => ({ what, state: "ok", seen });
  const hasToken = token !== undefined || (tokenFile !== undefined && (await machine.read(tokenFile)) !== undefined);
  return [
    ok("version", environment.pramana),
    ok("Node", `${environment.node}, ${machine.platform}`),
    await providersFinding(machine),
    ok("processor", `${environment.cpu}, ${(await instructionSets(machine)).join(" ") || "instruction sets unknown"}`),
    ok("memory", `${gibibytes(totalmem())}, ${gibibytes(freemem())} of it free`),
    await cacheFinding(machine, cacheDir),
    await automaticFinding(machine),
    ok("Hub", `${offline ? "offline (HF_HUB_OFFLINE)" : endpoint}, ${hasToken ? "with a token" : "no token"}`),
  ];
}

async function providersFinding(machine: Machine): Promise<Finding> {
  const what = "onnxruntime-node";
  const { version, folder } = machine.onnxruntime;
  const built = await machine.providers();
  if (built.length > 0) return { what, state: "ok", seen: `${version}, built for ${built.join(", ")}` };
  const remedy = "install the packages again (npm ci); Linux needs glibc 2.28 or newer";
  return { what, state: "missing", seen: `${version}, which cannot be loaded from ${folder}`, remedy };
}

/** Lists what matters for speed: vectors of 256 and 512 bits, products of 8-bit integers. Linux alone tells them. */
async function instructionSets({ read }: Machine): Promise<string[]> {
  const flags = instructionSetsIn((await read(cpuinfoFile)) ?? "") ?? [];
  return ["avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8"].filter((name) => flags.includes(name));
}

/** Checks that the cache folder can be written, or the nearest folder above it that exists, in which it would be made. */
async function cacheFinding(machine: Machine, folder: string): Promise<Finding> {
  const what = "cache";
  let existing = folder;
  while ((await machine.list(existing)) === undefined && dirname(existing) !== existing) existing = dirname(existing);
  if (await machine.canWrite(existing)) {
    return { what, state: "ok", seen: `${folder}${existing === folder ? "" : ", made when it is needed"}` };
  }
  const remedy = "set HF_HUB_CACHE to a folder that can be written to; reading what is there works";
  return { what, state: "missing", seen: `${folder} cannot be written to`, remedy };
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
