import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answer, type EmbeddingServer, startEmbeddingServer } from "../models/endpoint/testing/embedding-server.ts";
import type { PageData } from "../reports/page/shape.ts";
import { parseBenchLines } from "../runners/bench/file.ts";
import { openCli, sample } from "./built-cli.ts";

const { cwd, pramana, pramanaProcess } = openCli();
const quick = ["--repeats", "2", "--budget", "0.02", "--concurrency", "1,3", "--batch-sizes", "1,4,40"];

let server: EmbeddingServer;
beforeAll(async () => {
  server = await startEmbeddingServer(({ input }) =>
    input.length > 32 ? answer({ error: "batch size 40 > maximum allowed batch size 32" }, 422) : undefined,
  );
});
afterAll(() => server.close());

describe("pramana bench of a server", () => {
  it("measures requests at several sizes, stores the record, and tells what was refused", async () => {
    const args = ["bench", "--model", `${server.origin}/v1#acme/m`, ...quick, "--results", "one"];
    const { code, out, err } = await pramanaProcess([...args, "--format", "json"]);
    expect([code, err]).toEqual([0, expect.stringMatching(/record in one\/endpoint__.*\/external\/bench\.jsonl\n$/)]);
    const record = JSON.parse(out);
    const file = /record in (.*)\n/.exec(err)?.[1] ?? "";
    expect(parseBenchLines(readFileSync(join(cwd, file), "utf8"))).toEqual({ records: [record], skipped: [] });
    const sizes = record.cells.map((cell: Record<string, unknown>) => [cell["batchSize"], cell["concurrency"]]);
    expect(sizes).toEqual([
      [1, 1],
      [1, 3],
      [4, 1],
      [4, 3],
    ]);
    for (const cell of record.cells) {
      expect(cell.failed).toEqual([]);
      expect(cell.answered).toBeGreaterThanOrEqual(2 * cell.concurrency);
      expect(cell.meanTokens).toBeGreaterThan(3);
    }
    expect(record.leftOut.map(({ reason }: { reason: string }) => reason)).toEqual(
      [1, 2].map(() => expect.stringContaining("(batch size 40 > maximum allowed batch size 32)")),
    );
    expect(server.most()).toBe(3);
  });

  it("measures a model in the program in the same table, and writes each form", async () => {
    const args = ["bench", "--model", sample, ...quick, "--results", "two", "--threads", "1"];
    const { code, out } = await pramana([...args, "--format", "csv"]);
    expect([code, out.split("\r\n").length]).toEqual([0, 8]);
    const metrics = await pramana([...args, "--format", "openmetrics"]);
    expect(metrics.out).toMatch(/^# TYPE pramana_bench info\n[\s\S]*\n# EOF\n$/);
    const table = await pramana(args);
    expect(table.out).toContain("- asked within the program on ");
    expect(table.out).not.toContain("client busy");
  });

  it("measures several, a server and a model in the program, in one table, each with its record", async () => {
    const both = ["--model", `${server.origin}/v1#acme/m`, "--model", sample, "--threads", "1"];
    const tiny = ["--repeats", "1", "--budget", "0.02", "--concurrency", "2", "--batch-sizes", "1,4"];
    const args = ["bench", ...both, ...tiny, "--results", "several"];
    const table = await pramana(args);
    const models = [...table.out.matchAll(/^\| (\S+) +\|/gm)].map(([, model]) => model);
    expect(models.slice(2)).toEqual([0, 1].flatMap(() => [expect.stringMatching(/^endpoint\//), sample]));
    expect(table.err.match(/^record in several\//gm)).toHaveLength(2);
    const json = await pramana([...args, "--format", "json"]);
    expect(JSON.parse(json.out)).toMatchObject([{ kind: "serving", device: "remote" }, { model: sample }]);
    const metrics = await pramana([...args, "--format", "openmetrics"]);
    expect(metrics.out.match(/^# TYPE /gm)).toHaveLength(6);
    expect(metrics.out.match(/^pramana_bench_info/gm)).toHaveLength(2);
  });

  it("prints those that were measured where a later one does not answer", async () => {
    const tiny = ["--repeats", "1", "--budget", "0.02", "--concurrency", "1", "--batch-sizes", "1"];
    const models = ["--model", `${server.origin}/v1#acme/m`, "--model", "http://127.0.0.1:9/v1#m"];
    const { code, out, err } = await pramana(["bench", ...models, ...tiny, "--results", "half"]);
    expect([code, err]).toEqual([1, expect.stringContaining("it could not be reached (")]);
    expect(out).toContain("- endpoint/");
  });

  it.each([
    [[], "give --concurrency, which asks each as a server, or measure them one by one"],
    [["--concurrency", "1", "--name", "acme/m"], "--name: of one model, and here are 2; measure them one by one"],
  ])("refuses several models with %j", async (more, message) => {
    const { code, out, err } = await pramana(["bench", "--model", sample, "--model", "acme/other", ...more]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
  });

  it.each([
    [["--lengths", "8"], "--lengths are in tokens"],
    [["--precision", "int8"], "--precision: only for repositories"],
    [["--dimensions", "8"], "--dimensions: cuts vectors here"],
    [["--concurrency", "0"], "A whole number above 0 was expected."],
  ])("refuses %j", async (args, message) => {
    const { code, out, err } = await pramana(["bench", "--model", `${server.origin}/v1#acme/m`, ...args]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
  });

  it("says at once that nobody is there, and that a model takes no limit of requests", async () => {
    const nobody = await pramana(["bench", "--model", "http://127.0.0.1:9/v1#m", "--results", "never"]);
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining("it could not be reached (")]);
    const limited = await pramana(["bench", "--model", sample, "--requests", "5", "--results", "never"]);
    expect([limited.code, limited.err]).toEqual([2, expect.stringContaining("--requests limits those to a server")]);
  });

  it("stands beside scores and the speed of models, and is mixed up with neither", async () => {
    const stored = ["--results", "mixed"];
    for (const more of [[], ["--dimensions", "16"]]) {
      expect((await pramana(["run", "--model", sample, "--tasks", "MiniSTS", ...more, ...stored])).code).toBe(0);
    }
    const local = [
      "--repeats",
      "1",
      "--budget",
      "0.02",
      "--batch-sizes",
      "1,2",
      "--lengths",
      "8,128",
      "--threads",
      "1",
    ];
    const asked = ["bench", "--model", `${server.origin}/v1#acme/m`, ...quick, ...stored];
    expect((await pramana(asked)).code).toBe(0);
    // The newest goes first where as many were measured in one way as in another.
    expect((await pramana(["bench", "--model", sample, ...local, ...stored])).code).toBe(0);
    const { code, err } = await pramana(["report", "--output", "mixed.html", ...stored]);
    expect([code, err]).toEqual([0, expect.stringMatching(/^mixed\.html: 3 models, \d+ kB\n$/)]);
    const html = readFileSync(join(cwd, "mixed.html"), "utf8");
    const data: PageData = JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? "");
    const column = data.columns.findIndex(({ field }) => field === "textsPerSecond");
    const rates = new Map(
      data.models.map(({ name, lack, values, speedMark }) => [name, [lack, values[column], speedMark]]),
    );
    const [served = ""] = [...rates.keys()].filter((name) => name.startsWith("endpoint/"));
    expect(rates.get(served)).toEqual(["speed alone", null, "a"]);
    expect(rates.get(sample)).toEqual([undefined, expect.any(Number), undefined]);
    expect(data.notes).toContainEqual(
      expect.stringMatching(/^\(a\) endpoint\/.*: speed left out, .*asked over the network/),
    );
    const compared = await pramana(["compare", sample, `${sample}@16d`, ...stored]);
    expect([compared.code, compared.out]).toEqual([0, expect.stringContaining("MiniSTS")]);
    expect(compared.out).not.toContain("endpoint");
  });
});
