import type { Finding } from "../models/runtime/cuda.ts";

/** The findings of `pramana doctor`. */
export interface DoctorReport {
  readonly general: readonly Finding[];
  /** All that CUDA needs. */
  readonly cuda: readonly Finding[];
  readonly cudaWorks: boolean;
}

const marks: Readonly<Record<Finding["state"], string>> = { ok: "✓", missing: "✗" };

/** A line for each finding, and one for the step that mends it. */
export const doctorText = ({ general, cuda }: DoctorReport): string =>
  `${block("Pramana", general)}\n${block("For --device cuda", cuda)}`;

function block(title: string, findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  const lines = findings.flatMap(({ what, state, seen, remedy }) => [
    `  ${marks[state]} ${what.padEnd(width)}  ${seen}`,
    ...(remedy === undefined ? [] : [`    ${" ".repeat(width)}  → ${remedy}`]),
  ]);
  return `${title}\n${lines.join("\n")}\n`;
}
