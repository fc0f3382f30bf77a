import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const scripts = join(root, "scripts/work");
// No compiler looks at scripts, so that they have no types here.
const { differences, figures } = await import(join(scripts, "figures.mjs"));
const { measureRun } = await import(join(scripts, "measure.mjs"));
const { faults, plant } = await import(join(scripts, "plant.mjs"));
const { multiplyAdds } = await import(join(scripts, "products.mjs"));
const { runs } = await import(join(scripts, "runs.mjs"));
const { sumFigures } = await import(join(scripts, "sum.mjs"));

const { runs: expected } = JSON.parse(readFileSync(join(scripts, "expected.json"), "utf8"));
const isLinux = process.platform === "linux";

describe("what is expected", () => {
  it("has every run and every figure, and no others", () => {
    expect(Object.keys(expected)).toEqual(runs.map(({ name }: { name: string }) => name));
    for (const counted of Object.values(expected)) expect(Object.keys(counted as object)).toEqual(Object.keys(figures));
  });

  it("is missed by more and by less where the same is done every time, and by more than the slack elsewhere", () => {
    const one = expected.retrieval;
    expect(differences(one, one)).toEqual([]);
    const named = (changed: object): string[] =>
      differences({ ...one, ...changed }, one).map((line: string) => line.split(" ")[0]);
    expect(named({ runs: one.runs + 1 })).toEqual(["runs"]);
    expect(named({ runs: one.runs - 1, places: one.places - 1 })).toEqual(["runs", "places"]);
    expect(named({ peakBytes: one.peakBytes * 1.29 })).toEqual([]);
    expect(named({ peakBytes: one.peakBytes * 1.31 })).toEqual(["peakBytes"]);
    expect(named({ peakBytes: one.peakBytes / 2 })).toEqual([]);
    expect(differences({ ...one, runs: 9 }, one)).toEqual([`runs 9, expected ${one.runs} (calls of sessions)`]);
    expect(differences(one, {}), "a run that was never counted").toHaveLength(Object.keys(figures).length);
  });

  it("says of each slack why it is there", () => {
    for (const { slack, because } of Object.values<{ slack?: number; because?: string }>(figures)) {
      expect(slack === undefined).toBe(because === undefined);
    }
  });
});

describe("multiply-adds", () => {
  it.each([
    [
      "MatMul",
      [
        [3, 4, 5],
        [3, 5, 6],
      ],
      [[3, 4, 6]],
      360,
    ],
    // The weight was packed and has no shape.
    ["FusedMatMul", [[2, 7, 48]], [[2, 7, 80]], 2 * 7 * 48 * 80],
    [
      "Attention",
      [
        [2, 3, 8],
        [2, 5, 8],
        [2, 5, 8],
      ],
      [[2, 3, 8]],
      2 * 2 * 3 * 8 * 5,
    ],
    ["LayerNormalization", [[2, 3, 8], [8], [8]], [[2, 3, 8]], 0],
  ])("of %s", (type, inputs, outputs, sum) => {
    expect(multiplyAdds(type, inputs, outputs)).toBe(sum);
  });

  it("of an unknown product are an error, not nothing", () => {
    expect(() => multiplyAdds("SparseMatMul", [[1]], [[1]])).toThrow("SparseMatMul may be a product");
  });
});

describe("the counter", () => {
  it.skipIf(!isLinux)("counts what a program does in all its threads, and nothing of its own", () => {
    const folder = mkdtempSync(join(tmpdir(), "pramana-counted-"));
    const counts = join(folder, "counts");
    mkdirSync(counts);
    writeFileSync(join(folder, "data.txt"), "12345");
    const program = join(folder, "program.mjs");
    // The second thread is the command's, as in cli.ts; the third stands for a session's.
    writeFileSync(
      program,
      `import { createReadStream, readFileSync } from "node:fs";
      import { open, readFile } from "node:fs/promises";
      import { isMainThread, parentPort, threadId, Worker } from "node:worker_threads";
      const path = ${JSON.stringify(join(folder, "data.txt"))};
      if (isMainThread) new Worker(new URL(import.meta.url)).postMessage("of the command: not counted");
      else if (threadId === 1) {
        readFileSync(path);
        await readFile(path, "utf8");
        const handle = await open(path);
        await handle.read(Buffer.alloc(9), 0, 9, 0);
        await handle.close();
        for await (const _ of createReadStream(path));
        const session = new Worker(new URL(import.meta.url));
        const [handed, copied] = [new Float32Array(10), new Float32Array(20)];
        session.postMessage({ handed, again: handed, copied, more: copied.subarray(2), word: "abc" }, [handed.buffer]);
        await new Promise((resolve) => session.once("message", resolve));
        await session.terminate();
        process.exit();
      } else parentPort.once("message", () => parentPort.postMessage(new Uint8Array(7)));`,
    );
    const args = ["--require", join(scripts, "count.cjs"), program];
    const { status, stderr } = spawnSync(process.execPath, args, {
      env: { PATH: process.env["PATH"], PRAMANA_WORK: counts },
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(sumFigures(counts)).toMatchObject({
      threads: 2,
      sessions: 0,
      messages: 2,
      handedBytes: 40,
      copiedBytes: 80 + "abc".length + 7,
      files: 4,
      readBytes: 20,
      modules: 3,
      sourceLength: 3 * readFileSync(program, "utf8").length,
    });
  });
});

describe("a planted fault", () => {
  it.each(Object.keys(faults))("can still be planted: %s", (name) => {
    const { file, from, run, notices } = faults[name];
    expect(readFileSync(join(root, "build", file), "utf8").split(from)).toHaveLength(2);
    expect(runs.map((one: { name: string }) => one.name)).toContain(run);
    expect(Object.keys(figures)).toContain(notices);
  });

  it.skipIf(!isLinux)(
    "is noticed: buffers copied to sessions, not handed over",
    async () => {
      const fault = faults["buffers copied to sessions, not handed over"];
      const run = runs.find(({ name }: { name: string }) => name === fault.run);
      const { program, remove } = await plant(fault);
      const [without, planted] = [measureRun(run), measureRun(run, program)];
      remove();
      const noticed = differences(planted, without).map((line: string) => line.split(" ")[0]);
      // What is copied is allocated, too: about as much more as may pass.
      expect(noticed.filter((name: string) => name !== "allocatedBytes")).toEqual(["handedBytes", "copiedBytes"]);
      expect(planted.copiedBytes - without.copiedBytes).toBe(without.handedBytes);
    },
    60_000,
  );
});
