import type { Finding } from "../models/runtime/providers/provider.ts";

/** The findings of `pramana doctor`. */
export interface DoctorReport {
  readonly general: readonly Finding[];
  /** The needs of each kind of device that has any. */
  readonly devices: readonly { readonly kind: string; readonly findings: readonly Finding[] }[];
}

const marks: Readonly<Record<Finding["state"], string>> = { ok: "✓", missing: "✗", untried: "?" };

/** Tells whether nothing is missing. */
export const works = (findings: readonly Finding[]): boolean => findings.every(({ state }) => state !== "missing");

/** Writes a line for each finding, and one for the step that mends it. */
export const doctorText = ({ general, devices }: DoctorReport): string =>
  [block("Pramana", general), ...devices.map(({ kind, findings }) => block(`For --device ${kind}`, findings))].join(
    "\n",
  );

/** Writes JSON with the findings of each kind of device, as `cuda`, and whether it works, as `cudaWorks`. */
export function doctorJson({ general, devices }: DoctorReport): string {
  const parts = devices.map(({ kind, findings }) => ({ [kind]: findings, [`${kind}Works`]: works(findings) }));
  return `${JSON.stringify(Object.assign({ general }, ...parts), null, 2)}\n`;
}

function block(title: string, findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  const lines = findings.flatMap(({ what, state, seen, remedy }) => [
    `  ${marks[state]} ${what.padEnd(width)}  ${seen}`,
    ...(remedy === undefined ? [] : [`    ${" ".repeat(width)}  → ${remedy}`]),
  ]);
  return `${title}\n${lines.join("\n")}\n`;
}
