import { freemem, totalmem } from "node:os";
import { dirname } from "node:path";
import { hubSettings } from "../datasets/hub.ts";
import { type CudaFacts, cudaFindings, describeGpu, type Finding, visibleGpus } from "../models/runtime/cuda.ts";
import { type DeviceChoice, gpusOf } from "../models/runtime/device.ts";
import { gatherCuda, type Machine, thisMachine } from "../models/runtime/machine.ts";
import { type Environment, readEnvironment } from "../runners/environment.ts";
import { doctorFormats, type FormatOf } from "./formats.ts";
import type { Terminal } from "./terminal.ts";

export interface DoctorChoice {
  /** What has to work for the command to succeed. */
  readonly device?: DeviceChoice;
  readonly format: FormatOf<typeof doctorFormats>;
}

/** Prints what is installed and what is missing. Returns whether the device that was asked for can work. */
export async function doctor(
  { device, format }: DoctorChoice,
  { env, out }: Terminal,
  machine: Machine = thisMachine(env),
): Promise<boolean> {
  const facts = await gatherCuda(machine);
  const general = await generalFindings(machine, facts, readEnvironment());
  const cuda = await cudaVerdict(machine, facts, device);
  const cudaWorks = cuda.every(({ state }) => state === "ok");
  const write = await doctorFormats[format].load();
  out(write({ general, cuda, cudaWorks }));
  return device === undefined || device === "cpu" || cudaWorks;
}

/** What CUDA needs; where it is all there, whether each GPU that was asked for computes. */
async function cudaVerdict(machine: Machine, facts: CudaFacts, device: DeviceChoice | undefined): Promise<Finding[]> {
  const findings = cudaFindings(facts);
  if (findings.some(({ state }) => state === "missing")) return findings;
  const gpus = visibleGpus(facts);
  const named = gpusOf(device ?? "cuda");
  const asked = named.length > 0 ? named : [...gpus.keys()];
  for (const gpu of asked) {
    const known = gpus[gpu];
    const what = `cuda:${gpu}`;
    if (known === undefined) {
      findings.push({ what, state: "missing", seen: `there are ${gpus.length} GPUs`, remedy: "name one of them" });
      continue;
    }
    const failure = await machine.tryGpu(gpu);
    findings.push(
      failure === undefined
        ? { what, state: "ok", seen: `${describeGpu(known)} computes` }
        : { what, state: "missing", seen: failure, remedy: "see docs/cuda.md, section When it does not work" },
    );
  }
  return findings;
}

async function generalFindings(machine: Machine, facts: CudaFacts, environment: Environment): Promise<Finding[]> {
  const { cacheDir, endpoint, offline, token, tokenFile } = hubSettings(machine.env);
  const ok = (what: string, seen: string): Finding => ({ what, state: "ok", seen });
  const hasToken = token !== undefined || (await machine.read(tokenFile)) !== undefined;
  return [
    ok("version", environment.pramana),
    ok("Node", `${environment.node}, ${machine.platform}`),
    providersFinding(facts),
    ok("processor", `${environment.cpu}, ${(await instructionSets(machine)).join(" ") || "instruction sets unknown"}`),
    ok("memory", `${gibibytes(totalmem())}, ${gibibytes(freemem())} of it free`),
    await cacheFinding(machine, cacheDir),
    ok("Hub", `${offline ? "offline (HF_HUB_OFFLINE)" : endpoint}, ${hasToken ? "with a token" : "no token"}`),
  ];
}

function providersFinding({ onnxruntime, providers, packageFolder }: CudaFacts): Finding {
  const what = "onnxruntime-node";
  if (providers.length > 0) return { what, state: "ok", seen: `${onnxruntime}, built for ${providers.join(", ")}` };
  const remedy = "install the packages again (npm ci); Linux needs glibc 2.28 or newer";
  return { what, state: "missing", seen: `${onnxruntime}, which cannot be loaded from ${packageFolder}`, remedy };
}

/** What matters for speed: vectors of 256 and 512 bits, products of 8-bit integers. Told on Linux only. */
async function instructionSets({ read }: Machine): Promise<string[]> {
  const flags = /^flags\s*:(.*)$/m.exec((await read("/proc/cpuinfo")) ?? "")?.[1]?.split(" ") ?? [];
  return ["avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8"].filter((name) => flags.includes(name));
}

/** The cache folder, or the nearest folder above it that there is, in which it would be made. */
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
