import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { UsageError } from "../datasets/errors.ts";
import {
  answer,
  type EmbeddingServer,
  type Fault,
  startEmbeddingServer,
} from "../models/endpoint/testing/embedding-server.ts";
import { floats, npy } from "../models/precomputed/testing/folders.ts";
import { openAdapter } from "../runners/model/adapters.ts";
import { openModel } from "../runners/model/open-model.ts";
import { openWorld } from "../runners/world.ts";
import { embed } from "./embed.ts";
import { run } from "./run.ts";
import type { Terminal } from "./terminal.ts";
import { writeTexts } from "./texts.ts";

const sample = "pramana/static-minilm-128";
const device = "cpu" as const;
const threads = 1;
const key = "sk-secret-1234";
const silent = {
  env: { HF_HUB_OFFLINE: "1" },
  now: () => 0,
  signal: new AbortController().signal,
  emit: () => undefined,
  note: () => undefined,
};
const world = mkdtempSync(join(tmpdir(), "pramana-adapters-"));

function terminalWith(env: Record<string, string> = {}, input = ""): Terminal & { text: { out: string; err: string } } {
  const text = { out: "", err: "" };
  let clock = 0;
  return {
    text,
    env: { HF_HUB_OFFLINE: "1", HF_HUB_CACHE: join(world, "cache"), ...env },
    out: (written) => {
      text.out += written;
    },
    err: (written) => {
      text.err += written;
    },
    readInput: async () => input,
    now: () => (clock += 0.01),
    signal: new AbortController().signal,
  };
}

const choiceOf = (model: string, tasks: readonly string[], results: string) =>
  ({ model: [model], tasks, results: join(world, results), device, threads, estimator: "official" }) as const;
const evaluate = (model: string, tasks: readonly string[], results: string, terminal = terminalWith()) =>
  run(choiceOf(model, tasks, results), terminal);

let server: EmbeddingServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(fault?: Fault): Promise<string> {
  server = await startEmbeddingServer(fault);
  return `${server.origin}/v1#org/model`;
}

/** Returns all files below a folder as one text. */
const everythingIn = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}\n${readFileSync(join(entry.parentPath, entry.name), "utf8")}`)
    .join("\n");

describe("bm25", () => {
  it("runs what ranks, fails the rest, and stands in the table with what it lacks", async () => {
    const terminal = terminalWith();
    expect(await evaluate("bm25", ["MiniRetrieval", "MiniSTS"], "words", terminal)).toBe(1);
    expect(terminal.text.out).toMatch(/\| MiniRetrieval \| Retrieval \| +15\.30 \|/);
    expect(terminal.text.out).toContain(
      "pramana/bm25 at 0_3_0 lacks 1 of 2 tasks, so it has no mean. STS 1 of 1: MiniSTS",
    );
    expect(terminal.text.err).toContain("MiniSTS failed: pramana/bm25 ranks documents by their words");
    expect(readdirSync(join(world, "words/pramana__bm25/0_3_0"))).toEqual([
      "MiniRetrieval.json",
      "MiniRetrieval.samples.parquet",
      "model_meta.json",
    ]);
  });

  it("is no repository that ends in its name", async () => {
    expect(await openAdapter("org/bm25", {}, silent)).toBeUndefined();
  });

  it("takes no prompts", async () => {
    writeFileSync(join(world, "none.json"), "{}");
    await expect(
      run({ ...choiceOf("bm25", ["MiniRetrieval"], "none"), prompts: join(world, "none.json") }, terminalWith()),
    ).rejects.toThrow("--prompts: only for models that make vectors, not for pramana/bm25; leave it out");
  });

  it("is refused where it can do none of the tasks, for vectors, and with what it does not know", async () => {
    await expect(evaluate("bm25", ["MiniSTS"], "none")).rejects.toThrow(UsageError);
    await expect(embed({ model: "bm25", device, threads }, terminalWith({}, "[]"))).rejects.toThrow(
      "model: pramana/bm25 ranks documents by their words and makes no vectors, which are needed here; `pramana run` takes it for retrieval and reranking",
    );
    const refused = (options: object): Promise<unknown> =>
      openModel({ model: "bm25", device, threads, ...options }, { ...openWorld(silent), device });
    await expect(refused({ revision: "main", onnx: true })).rejects.toThrow(
      "--revision and --onnx: only for repositories, not for bm25; leave it out",
    );
    await expect(refused({ dimensions: 8, quantize: "int8" })).rejects.toThrow(
      "--dimensions and --quantize: only for models that make vectors, not for pramana/bm25; leave it out",
    );
    await expect(refused({ model: undefined, queryModel: "bm25", documentModel: "org/not-there" })).rejects.toThrow(
      "model: pramana/bm25 ranks documents by their words and makes no vectors, which are needed here; both models of a pair make vectors",
    );
  });
});

describe("a model behind an address", () => {
  it("is scored like any other; its key stands nowhere", async () => {
    const model = await serve();
    const terminal = terminalWith({ PRAMANA_API_KEY: key });
    expect(await evaluate(model, ["MiniSTS", "MiniRetrieval"], "remote", terminal)).toBe(0);
    const host = server!.origin.slice(7);
    expect(terminal.text.out).toContain(`endpoint/${host}/org/model`);
    const [name] = readdirSync(join(world, "remote"));
    expect(name.replace(/[0-9a-f]{8}$/, "…")).toBe(`endpoint__${host.replace(":", "_")}__org__model-…`);
    const folder = join(world, "remote", name, "external");
    expect(readdirSync(folder)).toEqual([
      "MiniRetrieval.json",
      "MiniRetrieval.samples.parquet",
      "MiniSTS.json",
      "MiniSTS.samples.parquet",
      "model_meta.json",
    ]);
    const { pramana_run: record } = JSON.parse(readFileSync(join(folder, "MiniSTS.json"), "utf8"));
    expect(record).toMatchObject({ device: "remote", precision: "unknown", threads: 0 });
    expect(server!.requests.every(({ headers }) => headers.authorization === `Bearer ${key}`)).toBe(true);
    expect(terminal.text.out + terminal.text.err + everythingIn(join(world, "remote"))).not.toContain(key);
  });

  it("makes vectors for `embed`", async () => {
    const model = await serve();
    const terminal = terminalWith({}, '["ab", "c"]');
    await embed({ model, device, threads, prompt: "q: " }, terminal);
    expect(JSON.parse(terminal.text.out)).toEqual([
      [5, 0.8828125, 1],
      [4, 0.8828125, 1],
    ]);
  });

  it("that fails in the middle fails its tasks, with the reason, and the key stands nowhere", async () => {
    const model = await serve((_, count) => (count === 0 ? undefined : answer({ error: `no ${key}` }, 400)));
    const terminal = terminalWith({ PRAMANA_API_KEY: key });
    expect(await evaluate(model, ["MiniSTS"], "failing", terminal)).toBe(1);
    expect(terminal.text.err).toMatch(
      /MiniSTS failed: endpoint http:\/\/127\.0\.0\.1:\d+\/v1\/embeddings: it answered 400 \(no …\); /,
    );
    expect(terminal.text.out + terminal.text.err).not.toContain(key);
  });

  it.each([
    [{ PRAMANA_API_KEY: "ours", OPENAI_API_KEY: "theirs" }, "Bearer ours"],
    [{ OPENAI_API_KEY: "theirs" }, "Bearer theirs"],
    [{ PRAMANA_API_KEY: " " }, undefined],
    [{}, undefined],
  ])("on this machine is sent the key of %j", async (env, expected) => {
    const model = await serve();
    await openAdapter(model, {}, terminalWith(env));
    expect(server!.requests[0]?.headers.authorization).toBe(expected);
  });

  it("elsewhere is not sent OpenAI's key", async () => {
    const sent: (string | null)[] = [];
    const original = globalThis.fetch;
    globalThis.fetch = async (_, init) => {
      sent.push(new Headers(init?.headers).get("authorization"));
      return new Response(JSON.stringify({ data: [{ index: 0, embedding: [1, 2] }] }));
    };
    try {
      for (const model of [
        "https://api.openai.com/v1#m",
        "http://api.openai.com/v1#m",
        "https://api.openai.com.example/v1#m",
        "https://other.example/v1#m",
      ]) {
        await openAdapter(model, {}, terminalWith({ OPENAI_API_KEY: "theirs" }));
      }
    } finally {
      globalThis.fetch = original;
    }
    expect(sent).toEqual(["Bearer theirs", null, null, null]);
  });

  it("is wrong usage where the address is", async () => {
    const opened = openAdapter("http://h/v1", {}, terminalWith());
    await expect(opened).rejects.toThrow(UsageError);
  });
});

describe("vectors from a folder", () => {
  it("of the texts that `texts` lists give the scores of the model that made them", async () => {
    const tasks = ["MiniSTS", "MiniClassification", "MiniRetrieval"];
    const folder = mkdtempSync(join(world, "vectors-"));
    const listing = terminalWith();
    await writeTexts({ tasks, output: join(folder, "texts.jsonl"), threads }, listing);
    expect(listing.text.err).toMatch(/^\d+ texts of 3 tasks in .*texts\.jsonl\n$/);
    const rows: (string | { text: string })[] = readFileSync(join(folder, "texts.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const embedding = terminalWith({}, JSON.stringify(rows.map((row) => (typeof row === "string" ? row : row.text))));
    await embed({ model: sample, device, threads }, embedding);
    const vectors: number[][] = JSON.parse(embedding.text.out);
    writeFileSync(join(folder, "vectors.npy"), npy(floats(vectors.flat()), "<f4", `(${rows.length}, 128)`));
    const [made, looked] = [terminalWith(), terminalWith()];
    expect(await evaluate(sample, tasks, "made", made)).toBe(0);
    expect(await evaluate(`precomputed:${folder}`, tasks, "looked", looked)).toBe(0);
    const scores = (results: string) =>
      readdirSync(join(world, results), { recursive: true })
        .map(String)
        .filter((path) => /Mini.*json$/.test(path))
        .sort()
        .map((path) => JSON.parse(readFileSync(join(world, results, path), "utf8")).scores);
    expect(scores("looked")).toEqual(scores("made"));
    await expect(evaluate(`precomputed:${folder}`, ["MiniClustering"], "more", looked)).resolves.toBe(1);
    expect(looked.text.err).toMatch(
      /MiniClustering failed: precomputed: .* has no vector for \d+ of \d+ texts, such as "/,
    );
  });

  it("that are not there are wrong usage", async () => {
    await expect(openAdapter("precomputed:no/such", {}, terminalWith())).rejects.toThrow(UsageError);
    await expect(openAdapter("precomputed:", { onnx: true }, terminalWith())).rejects.toThrow(
      "--onnx: only for repositories, not for vectors from a folder; leave it out",
    );
  });

  it("can be listed into a new folder, but not below a file", async () => {
    const output = join(world, "new/texts.jsonl");
    await writeTexts({ tasks: ["MiniSTS"], output, threads }, terminalWith());
    expect(readFileSync(output, "utf8").split("\n").length).toBeGreaterThan(100);
    const below = writeTexts({ tasks: ["MiniSTS"], output: join(output, "texts.jsonl"), threads }, terminalWith());
    await expect(below).rejects.toThrow(/^texts: .*new\/texts\.jsonl\/texts\.jsonl cannot be written: E/);
  });
});
