/** What of a processor decides the speed of products: widths of vectors, and products of small numbers. */
const features = [
  { name: "AVX-512", flags: ["avx512f"] },
  { name: "VNNI", flags: ["avx512_vnni", "avx_vnni"] },
  { name: "bf16", flags: ["avx512_bf16"] },
  { name: "AMX", flags: ["amx_int8", "amx_bf16"] },
];

/** Those that ONNX Runtime's kernels of fp32 and int8 make use of. */
export const kernelFeatures = features.filter(({ name }) => name !== "bf16");

/**
 * Names a kind of processor: its model, its number of cores, and which of the features it has and lacks.
 * @param cpuinfo Text of Linux's /proc/cpuinfo; empty elsewhere, where features are unknown.
 * @param model The processor's name as the system tells it; virtual machines call several models by one name, which
 *   Linux's numbers of family and model tell apart.
 */
export function kindOfProcessor(cpuinfo, model, cores) {
  const field = (name) => new RegExp(`^${name}\\s*:\\s*(.+)$`, "m").exec(cpuinfo)?.[1];
  const numbers = [field("cpu family"), field("model")];
  const which = numbers.includes(undefined) ? "" : ` (family ${numbers[0]}, model ${numbers[1]})`;
  return `${model}${which}, ${cores} ${cores === 1 ? "core" : "cores"}: ${featuresOf(cpuinfo)}`;
}

/** Names the features that a processor has and those that it lacks, by Linux's /proc/cpuinfo. */
export function featuresOf(cpuinfo, asked = features) {
  const flags = /^flags\s*:\s*(.+)$/m.exec(cpuinfo)?.[1].split(" ");
  if (flags === undefined) return "features unknown";
  const has = ({ flags: any }) => any.some((flag) => flags.includes(flag));
  const names = (list) => list.map(({ name }) => name).join(", ");
  const parts = [names(asked.filter(has)), asked.every(has) ? "" : `no ${names(asked.filter((one) => !has(one)))}`];
  return parts.filter((part) => part !== "").join("; ");
}
