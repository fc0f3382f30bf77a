import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSnapshot } from "../datasets/hub.ts";
import { hubSettings } from "../datasets/settings.ts";
import { answer, type EmbeddingServer, startEmbeddingServer } from "../models/endpoint/testing/embedding-server.ts";
import { openRepository } from "../models/index.ts";
import { probes } from "../runners/certify/probes.ts";
import { rowsOf, type Vector } from "../runners/certify/vectors.ts";
import { openCli, sample } from "./built-cli.ts";

const { pramana } = openCli();
const quiet = ["--threads", "1"];

/** A server of the built-in model, whose vectors are changed. */
function serve(vectors: ReadonlyMap<string, Vector>, change: (vector: number[]) => number[]): Promise<EmbeddingServer> {
  return startEmbeddingServer(({ input }) => {
    const made = input.map((text) => vectors.get(text));
    if (made.some((vector) => vector === undefined)) return answer({ error: "unknown text" }, 400);
    return answer({ data: made.map((vector, index) => ({ index, embedding: change([...(vector ?? [])]) })) });
  });
}

let right: EmbeddingServer;
let wrong: EmbeddingServer;
beforeAll(async () => {
  const snapshot = await openSnapshot({ kind: "model", id: sample }, hubSettings({ HF_HUB_OFFLINE: "1" }));
  const encoder = await openRepository(snapshot, { device: "cpu", threads: 1 });
  const texts = probes.map(({ text }) => text);
  const rows = rowsOf(await encoder.encode(texts));
  await encoder.close();
  const vectors = new Map(texts.map((text, i) => [text, rows[i]]));
  right = await serve(vectors, (vector) => vector);
  wrong = await serve(vectors, (vector) => vector.slice(0, 64));
});
afterAll(() => Promise.all([right.close(), wrong.close()]));

describe("pramana certify", () => {
  it("ends with 0 where a server gives the model's vectors", async () => {
    const { code, out } = await pramana(["certify", `${right.origin}/v1#m`, "--against", sample, ...quiet]);
    expect(out).toContain(`/m gives the vectors of ${sample}\n`);
    expect(out).toContain("1 of 46 calls failed\n");
    expect(code).toBe(0);
  });

  it("ends with 1 where it does not, and says what is different as JSON, too", async () => {
    const args = ["certify", `${wrong.origin}/v1#m`, "--against", sample, ...quiet];
    const { code, out } = await pramana(args);
    expect(out).toContain("  ✗ dimensions: vectors are cut to their first 64 of 128 values\n");
    expect(code).toBe(1);
    const told = await pramana([...args, "--format", "json"]);
    expect(told.code).toBe(1);
    const certificate = JSON.parse(told.out);
    expect(certificate).toMatchObject({ right: false, model: sample, dims: { server: 64, model: 128 }, calls: 46 });
    expect(certificate.findings[0]).toMatchObject({ cause: "dimensions", harmful: true });
    const cut = await pramana([...args, "--dimensions", "64"]);
    expect([cut.code, cut.out.split(":")[0]]).toEqual([0, "right"]);
  });

  it.each([
    [["acme/m", "--against", sample], "certify: acme/m is no address; expected ADDRESS#MODEL"],
    [["http://127.0.0.1:9/v1", "--against", sample], "endpoint: http://127.0.0.1:9/v1 names no model"],
    [["http://127.0.0.1:9/v1#m", "--against", "bm25"], "model: bm25 is no repository"],
    [["http://127.0.0.1:9/v1#m"], "required option '--against <id-or-folder>' not specified"],
    [["http://127.0.0.1:9/v1#m", "--against", sample, "--task", "Nothing"], "Nothing"],
  ])("refuses %j", async (args, message) => {
    const { code, out, err } = await pramana(["certify", ...args]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
  });

  it("says that nobody is there", async () => {
    const { code, err } = await pramana(["certify", "http://127.0.0.1:9/v1#m", "--against", sample, ...quiet]);
    expect([code, err]).toEqual([1, expect.stringContaining("it could not be reached (")]);
  });
});
