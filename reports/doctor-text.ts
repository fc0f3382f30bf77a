import type { Finding } from "../models/runtime/providers/provider.ts";
import { wrapText } from "./wrap.ts";

/** The findings of `pramana doctor`. */
export interface DoctorReport {
  readonly general: readonly Finding[];
  /** The needs of each kind of device that has any. */
  readonly devices: readonly { readonly kind: string; readonly findings: readonly Finding[] }[];
}

const marks: Readonly<Record<Finding["state"], string>> = { ok: "✓", missing: "✗", untried: "?" };

/** Tells whether nothing is missing. */
export const works = (findings: readonly Finding[]): boolean => findings.every(({ state }) => state !== "missing");

/** Writes a line for each finding, and one for the step that mends it, wrapped to a terminal of `width` columns. */
export function doctorText({ general, devices }: DoctorReport, width?: number): string {
  const blocks = devices.map(({ kind, findings }) => block(`For --device ${kind}`, findings));
  return wrapText([block("Pramana", general), ...blocks].join("\n"), width);
}

/** Writes JSON with the findings of each kind of device, as `cuda`, and whether it works, as `cudaWorks`. */
export function doctorJson({ general, devices }: DoctorReport): string {
  const parts = devices.map(({ kind, findings }) => ({ [kind]: findings, [`${kind}Works`]: works(findings) }));
  return `${JSON.stringify(Object.assign({ general }, ...parts), null, 2)}\n`;
}

function block(title: string, findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  const lines = findings.flatMap(({ what, state, seen, remedy }) => [
    `  ${marks[state]} ${what.padEnd(width)}  ${seen}`,
    ...(remedy === undefined ? [] : [`${" ".repeat(width + 6)}→ ${remedy}`]),
  ]);
  return `${title}\n${lines.join("\n")}\n`;
}
