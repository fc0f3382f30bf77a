/**
 * What CUDA takes from the process's environment alone: products of fp32 are not shortened to TF32 (ten bits of mantissa),
 * so that scores can be compared; GPUs are numbered as nvidia-smi does.
 */
export const cudaEnvironment: Readonly<Record<string, string>> = {
  NVIDIA_TF32_OVERRIDE: "0",
  CUDA_DEVICE_ORDER: "PCI_BUS_ID",
};

/** Sets the variables that the user has not set in `out`, a process's environment. */
export function setWhereUnset(
  out: Record<string, string | undefined>,
  variables: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(variables)) out[name] ??= value;
}
