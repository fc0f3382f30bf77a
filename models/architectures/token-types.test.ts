import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { sharedFolder } from "../../datasets/testing/shared.ts";
import { toBatch } from "../batching.ts";
import { createGraph } from "../graph/builder.ts";
import { linear } from "../graph/layers.ts";
import { openWeights } from "../repository/weights.ts";
import { processor } from "../runtime/providers/cpu.ts";
import { openSession } from "../runtime/session.ts";
import { openTokenizer } from "../tokenizer/tokenizer.ts";
import { architectureOf } from "./index.ts";

const folder = join(sharedFolder() ?? "nowhere", "model-kinds/models/ce-bert-sigmoid");

/** Logits of pairs by a cross-encoder's BERT, pooler and classifier, from ids and, where `typed`, token types. */
async function logitsOf(pairs: readonly (readonly [string, string])[], typed: boolean): Promise<number[]> {
  const snapshot = await openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" }));
  const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
  const tokenizer = await openTokenizer(snapshot, { folder: "", specialTokens: true, maxPositions: 64 });
  const graph = createGraph();
  const [ids, mask, types] = ["ids", "mask", "types"].map((name) => graph.input(name, "int32", ["batch", "tokens"]));
  const inputs = { ids, mask, ...(typed ? { types } : {}) };
  const { embeddings } = architectureOf("a/b", config).build(graph, config, await openWeights(snapshot, ""), inputs);
  const layer = async (name: string) => {
    const weights = await openWeights(snapshot, "");
    const [weight, bias] = ["weight", "bias"].map((part) => graph.weight(weights.tensor(`${name}.${part}`)));
    return { weight, bias };
  };
  const first = graph.op("Gather", [embeddings, graph.integers([0], [])], { axis: 1 });
  const pooled = graph.op("Tanh", [linear(graph, first, await layer("pooler.dense"))]);
  graph.output(linear(graph, pooled, await layer("classifier")), "logits", ["batch", 1]);
  const session = await openSession({ ...(await graph.serialize()), threads: 1, executionProvider: processor });
  try {
    const logits: number[] = [];
    for (const tokens of await tokenizer.encode(pairs)) {
      const batch = toBatch([0], [tokens], tokenizer.padId);
      const dims = [1, batch.width];
      const feed = (data: Int32Array = new Int32Array(batch.width)) => ({ data, dims });
      const feeds = { ids: feed(batch.ids), mask: feed(batch.mask), types: feed(batch.types) };
      logits.push((await session.run(feeds, ["logits"]))["logits"].data[0]);
    }
    return logits;
  } finally {
    await session.close();
  }
}

describe.skipIf(!existsSync(folder))("token types, by a cross-encoder of the reference material", () => {
  const { pairs, cases } = existsSync(folder)
    ? JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"))
    : { pairs: [], cases: [] };
  const apart = (found: readonly number[]): number =>
    Math.max(...found.map((logit, i) => Math.abs(logit - [cases[0].logits[i]].flat()[0])));

  it("tell the second text of a pair from the first: logits are sentence-transformers'", async () => {
    expect(apart(await logitsOf(pairs, true))).toBeLessThan(1e-5);
  });

  it("are those of single texts where they are left out", async () => {
    expect(apart(await logitsOf(pairs, false))).toBeGreaterThan(1e-3);
  });
});
