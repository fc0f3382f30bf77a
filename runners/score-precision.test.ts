import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { openByKind } from "../models/kinds.ts";
import type { Precision } from "../models/runtime/precision.ts";
import { openFolder } from "../models/testing/checkpoint.ts";
import { plainKernels } from "../models/testing/plain-kernels.ts";
import { scoreInput } from "./score.ts";

interface Case {
  readonly base: string;
  readonly precision: Precision;
  readonly scores: readonly (readonly number[])[];
}
const { queries, documents, cases }: { queries: string[]; documents: string[]; cases: Case[] } = JSON.parse(
  readFileSync(fileURLToPath(new URL("../models/fixtures/rounded-heads.json", import.meta.url)), "utf8"),
);
const shared = sharedFolder();
const settings = { kernels: plainKernels, signal: new AbortController().signal };

async function score(base: string, precision: Precision): Promise<number[]> {
  const snapshot = await openFolder(join(shared ?? "", "model-kinds/models", base));
  const model = await openByKind(snapshot, { device: "cpu", threads: 1, precision });
  const made = await scoreInput(model, { queries, documents }, settings).finally(() => model.close());
  return made.flat();
}

/** Greatest difference, as a share of the greatest value. */
const off = (made: readonly number[], expected: readonly number[]): number =>
  Math.max(...made.map((value, i) => Math.abs(value - expected[i]))) / Math.max(...expected.map(Math.abs));

describe.runIf(shared !== undefined)("models that rank, in other precisions", () => {
  it.each(cases)(
    "$base in $precision: the Transformer's weights are rounded, those of its head are not",
    async ({ base, precision, scores }) => {
      expect(off(await score(base, precision), scores.flat())).toBeLessThan(1e-5);
    },
  );

  it.each([...new Set(cases.map(({ base }) => base))])("%s in int8 is near fp32", async (base) => {
    const [made, expected] = [await score(base, "int8"), await score(base, "fp32")];
    expect(off(made, expected)).toBeLessThan(0.1);
    expect(off(made, expected)).toBeGreaterThan(1e-5);
  });
});
