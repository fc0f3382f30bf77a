import { expect, it } from "vitest";
import type { Snapshot } from "../../datasets/hub.ts";
import { architectureOf } from "../architectures/index.ts";
import { toBatch } from "../batching.ts";
import { createGraph, type Format, fullPrecision } from "../graph/builder.ts";
import { openLora } from "../repository/lora.ts";
import { openModuleWeights } from "../repository/lora-weights.ts";
import { processor } from "../runtime/providers/cpu.ts";
import { openSession } from "../runtime/session.ts";

/**
 * Computes the token embeddings of texts from a repository's weights and its adapter, cut to the texts' own tokens, in the
 * order of the batches.
 */
export async function tokenEmbeddingsOf(
  snapshot: Snapshot,
  config: Readonly<Record<string, unknown>>,
  texts: readonly (readonly number[])[],
  batches: readonly number[][],
  format: Format = fullPrecision,
): Promise<number[][]> {
  const weights = await openModuleWeights(snapshot, { folder: "", config, ...(await openLora(snapshot, "")) });
  const graph = createGraph();
  const ids = graph.input("ids", "int32", ["batch", "tokens"]);
  const mask = graph.input("mask", "int32", ["batch", "tokens"]);
  const { embeddings, hidden } = architectureOf("made up", config).build(graph.in(format), config, weights, {
    ids,
    mask,
  });
  weights.check();
  graph.output(graph.asFloat(embeddings), "out", ["batch", "tokens", hidden]);
  const session = await openSession({ ...(await graph.serialize()), threads: 1, executionProvider: processor });
  const rows = texts.map((row) => ({ ids: Int32Array.from(row) }));
  const found: number[][] = [];
  for (const members of batches) {
    const { ids: data, mask: seen, width } = toBatch(members, rows, Number(config["pad_token_id"] ?? 1));
    const dims = [members.length, width];
    const { out } = await session.run({ ids: { data, dims }, mask: { data: seen, dims } }, ["out"]);
    members.forEach((member, i) => {
      const start = i * width * hidden;
      found.push(Array.from(out.data.subarray(start, start + texts[member].length * hidden)));
    });
  }
  await session.close();
  return found;
}

/** Returns the largest difference between two lists of rows, which have to be of the same lengths. */
export function difference(found: readonly (readonly number[])[], expected: readonly (readonly number[])[]): number {
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  return Math.max(...expected.flatMap((row, i) => row.map((value, j) => Math.abs(value - found[i][j]))));
}

/** Tests that the embeddings of each case are transformers', in one batch and text by text, in one session. */
export function areTransformers<Case extends { readonly expected: readonly (readonly number[])[] }>(
  cases: Readonly<Record<string, Case>>,
  embed: (one: Case, batches: readonly number[][]) => Promise<number[][]>,
  texts: number,
): void {
  const all = Array.from({ length: texts }, (_, i) => i);
  it.each(Object.keys(cases))("%s", async (name) => {
    const one = cases[name];
    const found = await embed(one, [all, ...all.map((i) => [i])]);
    expect(difference(found.slice(0, texts), one.expected)).toBeLessThan(1e-5);
    expect(difference(found.slice(texts), one.expected)).toBeLessThan(1e-5);
  });
}
