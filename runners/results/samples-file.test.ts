import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../datasets/builtin.ts";
import { InputError } from "../../datasets/errors.ts";
import { readParquet } from "../../datasets/parquet.ts";
import { type PythonRandom, pythonRandom } from "../../datasets/random/python.ts";
import type { Samples } from "../../tasks/samples.ts";
import { madeUp } from "../../tasks/testing/made-up-samples.ts";
import { type SubsetSamples, tableOf } from "./sample-table.ts";
import { readSamples, writeSamples } from "./samples-file.ts";

const task = { task: "Made-up", datasetRevision: "abc123" };
const temporary = (): string => mkdtempSync(join(tmpdir(), "pramana-samples-"));
const empty: SubsetSamples = { split: "test", subset: "en", samples: { kind: "mean", values: new Float64Array(0) } };

async function write(samples: readonly SubsetSamples[], folder = temporary()): Promise<string> {
  return (await writeSamples(folder, task, samples)) ?? expect.unreachable();
}

/** Makes subsets that one task could have, all of one kind, some of them empty. */
function subsetsOf(make: (random: PythonRandom, units: number) => Samples, seed: number): SubsetSamples[] {
  const random = pythonRandom(seed);
  const isAlike = (one: SubsetSamples, other: SubsetSamples): boolean => {
    try {
      return tableOf([one, other]).subsets.length === 2;
    } catch {
      return false;
    }
  };
  const all = [7, 0, 1, 30, 0, 12, 5, 24].map((units, i) => ({
    split: i < 4 ? "dev" : "test",
    subset: `sub-${i} "ü\n`,
    samples: make(random, units),
  }));
  return all.filter((one) => isAlike(all[0] ?? one, one)).slice(0, 1 + (seed % 4));
}

describe("files of samples", () => {
  it.each(Object.entries(madeUp))("of kind %s come back exactly, of several subsets, some empty", async (_, make) => {
    const folder = temporary();
    const counts = new Set<number>();
    for (let seed = 0; seed < 12; seed++) {
      const samples = subsetsOf(make, seed);
      expect(await readSamples(await write(samples, folder))).toEqual(samples);
      counts.add(samples.length);
    }
    expect(Math.max(...counts)).toBeGreaterThan(1);
    expect(readdirSync(folder)).toEqual(["Made-up.samples.parquet"]);
  });

  it("keep every number as it is: NaN, infinities, signed zeros, the smallest and the largest", async () => {
    const odd = [NaN, Infinity, -Infinity, 0, -0, 2 ** -149, 3.4028234663852886e38, -1, -0, 0];
    const gold = Float64Array.from([...odd.slice(0, -2), 5e-324, 0.1]);
    const samples = { kind: "correlation", measure: "spearman", gold, scores: Float32Array.from(odd) } as const;
    const mean = { kind: "mean", values: gold, ids: odd.map(String) } as const;
    for (const one of [samples, mean]) {
      expect(await readSamples(await write([{ ...empty, samples: one }]))).toEqual([{ ...empty, samples: one }]);
    }
    const integers = Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0);
    const labels = { kind: "labels", measure: "f1", truth: integers, predicted: [integers] } as const;
    expect(await readSamples(await write([{ ...empty, samples: labels }]))).toEqual([{ ...empty, samples: labels }]);
  });

  it("hold one row a unit, with columns that people know", async () => {
    const samples: Samples = {
      kind: "labels",
      measure: "accuracy",
      truth: Int32Array.of(0, 1),
      predicted: [Int32Array.of(0, 0), Int32Array.of(1, 1)],
    };
    const file = await write([
      { split: "test", subset: "de", samples },
      { split: "test", subset: "en", samples },
    ]);
    const { columns, notes } = await readParquet({ path: file, name: "x" });
    expect(columns).toEqual({
      split: ["test", "test", "test", "test"],
      subset: ["de", "de", "en", "en"],
      unit: [0, 1, 0, 1],
      truth: [0, 1, 0, 1],
      predicted_0: [0, 0, 0, 0],
      predicted_1: [1, 1, 1, 1],
    });
    expect(Object.fromEntries(notes)).toEqual({
      "pramana.samples": "1",
      "pramana.task": "Made-up",
      "pramana.dataset_revision": "abc123",
      "pramana.kind": "labels",
      "pramana.measure": "accuracy",
      "pramana.subsets": '[{"split":"test","subset":"de","rows":2},{"split":"test","subset":"en","rows":2}]',
      "pramana.sha256": expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("name level and experiment of each draw", async () => {
    const experiment = (document: number) => ({
      drawn: Int32Array.of(document, 0, 0),
      truth: Int32Array.of(1, 0, 0),
      found: Int32Array.of(2, 3, 3),
    });
    const levels = [{ experiments: [experiment(1), experiment(2)] }, { experiments: [experiment(3)] }];
    const file = await write([{ ...empty, samples: { kind: "clusters", documents: 4, levels } }]);
    expect((await readParquet({ path: file, name: "x" })).columns).toMatchObject({
      level: [0, 0, 0, 0, 1, 1],
      experiment: [0, 0, 1, 1, 0, 0],
      document: [1, 0, 2, 0, 3, 0],
      truth: [1, 0, 1, 0, 1, 0],
      found: [2, 3, 2, 3, 2, 3],
      times: [1, 2, 1, 2, 1, 2],
    });
  });

  it("are the same bytes for the same samples, and small", async () => {
    const random = pythonRandom(3);
    const labels = random.choices(77, 3080);
    const predicted = Array.from({ length: 10 }, () => random.choices(77, 3080));
    const samples: Samples = { kind: "labels", measure: "accuracy", truth: labels, predicted };
    const [one, two] = [await write([{ ...empty, samples }]), await write([{ ...empty, samples }])];
    expect(readFileSync(one)).toEqual(readFileSync(two));
    // 11 columns of 3,080 numbers below 77, 7 bits each, are 29,645 bytes; the rest are their dictionaries.
    expect(readFileSync(one).length).toBeLessThan(36_000);
  });

  it("are not there where there are no samples; an older file goes", async () => {
    const folder = temporary();
    const file = await write([empty], folder);
    expect(await writeSamples(folder, task, [])).toBeUndefined();
    expect(existsSync(file)).toBe(false);
    expect(await writeSamples(folder, task, [])).toBeUndefined();
    expect(await readSamples(file)).toBeUndefined();
    expect(await readSamples(join(folder, "no", "such.parquet"))).toBeUndefined();
  });

  it("cannot be of subsets that differ in form", async () => {
    const other: SubsetSamples = { ...empty, samples: { kind: "mean", measure: "map", values: new Float64Array(0) } };
    await expect(write([empty, other])).rejects.toThrow(
      new RangeError("samples: subsets differ in kind, measure, similarities or number of experiments"),
    );
  });
});

describe("what is no file of samples", () => {
  const wayOut = "; run the task again to store its samples, or remove the file";
  const good = async (): Promise<string> =>
    write([{ ...empty, samples: { kind: "mean", ids: ["a", "b", "c"], values: Float64Array.of(0.5, 0.25, 1 / 3) } }]);

  async function expectRefused(file: string, reason: string): Promise<void> {
    await expect(readSamples(file)).rejects.toThrow(new InputError(`samples: ${file}: ${reason}${wayOut}`));
  }

  it("is refused with file, reason and way out", async () => {
    const file = await good();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 9));
    await expectRefused(file, `cut off: a parquet file that lacks its end (${bytes.length - 9} bytes)`);
    writeFileSync(file, "");
    await expectRefused(file, "not a parquet file (0 bytes)");
    writeFileSync(file, bytes.toString("latin1").replace('"rows":3', '"rows":4'), "latin1");
    await expectRefused(file, 'column "split" has 3 rows, 4 were announced');
    writeFileSync(file, bytes.toString("latin1").replace("pramana.samples", "pramana.sampled"), "latin1");
    await expectRefused(file, "a parquet file that does not hold samples");
    writeFileSync(file, bytes.toString("latin1").replace('"rows":3', '"rows":x'), "latin1");
    await expect(readSamples(file)).rejects.toThrow(InputError);
    const folder = join(temporary(), "folder.samples.parquet");
    mkdirSync(folder);
    await expect(readSamples(folder)).rejects.toThrow(InputError);
  });

  it("is refused where it holds something else", async () => {
    const file = join(temporary(), "Other.samples.parquet");
    writeFileSync(file, readFileSync(join(packageRoot(), "datasets/fixtures/files/codec-lz4.parquet")));
    await expectRefused(file, "a parquet file that does not hold samples");
  });

  it("is found out whichever byte is another, or changes nothing that is read", async () => {
    const file = await good();
    const [bytes, samples] = [readFileSync(file), await readSamples(file)];
    let refused = 0;
    for (let place = 0; place < bytes.length; place++) {
      const damaged = Uint8Array.from(bytes);
      damaged[place] = (damaged[place] ?? 0) ^ (1 << (place % 8));
      writeFileSync(file, damaged);
      const found = await readSamples(file).catch((error: unknown) => error);
      if (found instanceof InputError) refused++;
      else expect(found).toEqual(samples);
    }
    expect(refused).toBeGreaterThan(bytes.length / 4);
  });
});
