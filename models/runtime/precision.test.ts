import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { sharedFolder } from "../../datasets/testing/shared.ts";
import type { Encoder } from "../encoder.ts";
import { openRepository } from "../index.ts";
import type { Matrix } from "../matrix.ts";
import type { ModelOptions } from "../open-modules.ts";
import { retype, roundToBf16, roundToFp16 } from "../testing/retype.ts";
import { cosine } from "../testing/vectors.ts";
import { type Precision, precisions, storedPrecision } from "./precision.ts";
import { processor } from "./providers/cpu.ts";
import { openSession, type SessionSettings } from "./session.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const opened: Encoder[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((encoder) => encoder.close()))));

async function openOne(id: string, options: Partial<ModelOptions> = {}, environment = {}): Promise<Encoder> {
  const snapshot = await openSnapshot({ kind: "model", id }, hubSettings({ HF_HUB_OFFLINE: "1", ...environment }));
  const encoder = await openRepository(snapshot, { device: "cpu", threads: 1, ...options });
  opened.push(encoder);
  return encoder;
}

const row = ({ data, dims }: Matrix, i: number): Float32Array => data.subarray(i * dims, (i + 1) * dims);
/** Finds the least cosine of a row with its counterpart. */
const agreement = (a: Matrix, b: Matrix): number =>
  Math.min(...Array.from({ length: a.rows }, (_, i) => cosine(row(a, i), row(b, i))));
const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

const { texts }: { texts: string[] } = JSON.parse(readFileSync(join(fixture("bert-mean"), "expected.json"), "utf8"));

describe("a model in each precision", () => {
  const least: Record<Precision, number> = { fp32: 1, fp16: 0.99999, bf16: 0.9999, int8: 0.999 };

  it.each(["bert-mean", "bert-cls", "bert-dense-student"])("agrees with single: %s", async (name) => {
    const exact = await (await openOne(fixture(name))).encode(texts);
    for (const precision of precisions.filter((one) => one !== "fp32")) {
      const found = await (await openOne(fixture(name), { precision })).encode(texts);
      expect(agreement(found, exact)).toBeGreaterThan(least[precision]);
      expect(difference(found.data, exact.data)).toBeGreaterThan(0);
    }
  });

  it("is told in the name of the variant", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pramana-precision-"));
    cpSync(fixture("bert-mean"), folder, { recursive: true });
    for (const precision of precisions) {
      const { info } = await openOne(folder, { precision });
      expect(info.precision).toBe(precision);
      expect(info.id.endsWith(`[precision=${precision}]`)).toBe(precision !== "fp32");
    }
    expect((await openOne(folder)).info.precision).toBe("fp32");
  });

  it.each([
    ["BF16", "bf16", roundToBf16],
    ["F16", "fp16", roundToFp16],
  ] as const)("weights stored as %s give what weights rounded to it give", async (type, precision, round) => {
    const [stored, rounded] = [type, "F32" as const].map((kind) => {
      const folder = mkdtempSync(join(tmpdir(), "pramana-stored-"));
      cpSync(fixture("bert-mean"), folder, { recursive: true });
      retype(join(folder, "model.safetensors"), kind, round);
      return folder;
    }) as [string, string];
    const expected = await (await openOne(rounded)).encode(texts);
    expect(difference((await (await openOne(stored)).encode(texts)).data, expected.data)).toBeLessThan(1e-6);
    // Rounding does not change rounded weights, and rounding at loading is the same rounding.
    for (const id of [stored, fixture("bert-mean")]) {
      const found = await (await openOne(id, { precision })).encode(texts);
      expect(difference(found.data, expected.data)).toBeLessThan(1e-6);
    }
  });

  it("int8: a text's vector does not depend on its batch", async () => {
    const encoder = await openOne(fixture("bert-mean"), { precision: "int8" });
    const together = await encoder.encode(texts);
    for (const [i, text] of texts.entries()) {
      expect(difference((await encoder.encode([text])).data, row(together, i))).toBeLessThan(1e-6);
    }
  });

  it("int8: a small model's threads have a session each", async () => {
    const opened: number[] = [];
    const open = (settings: SessionSettings) => {
      opened.push(settings.threads);
      return openSession(settings);
    };
    await openOne(fixture("bert-mean"), { precision: "int8", threads: 2, open });
    await openOne(fixture("bert-mean"), { precision: "int8", threads: 6, open });
    await openOne(fixture("bert-mean"), { precision: "fp32", threads: 2, open });
    expect(opened).toEqual([1, 1, 2, 2, 2, 2, 2]);
  });

  it("files of the repository stay as they are", async () => {
    const file = join(fixture("bert-mean"), "model.safetensors");
    const before = readFileSync(file);
    for (const precision of precisions) await (await openOne(fixture("bert-mean"), { precision })).encode(["a"]);
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe("a precision that is not named", () => {
  it("is single", async () => {
    expect((await openOne(fixture("bert-mean"))).info.precision).toBe("fp32");
  });

  it("is on a GPU the one that the weights are stored in", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pramana-stored-"));
    cpSync(fixture("bert-mean"), folder, { recursive: true });
    retype(join(folder, "model.safetensors"), "F16", roundToFp16);
    const open = (settings: SessionSettings) => openSession({ ...settings, executionProvider: processor });
    const precisionOf = async (id: string) => (await openOne(id, { device: "cuda:0", open })).info.precision;
    expect(await precisionOf(folder)).toBe("fp16");
    expect(await precisionOf(fixture("bert-mean"))).toBe("fp32");
    const types = ["bfloat16", "float16", "float"] as const;
    expect(types.map(storedPrecision)).toEqual(["bf16", "fp16", "fp32"]);
  });
});

describe("a precision that cannot be had", () => {
  it("int8 on a GPU", async () => {
    await expect(openOne(fixture("bert-mean"), { precision: "int8", device: "cuda:0" })).rejects.toThrow(
      "precision: int8 is for CPUs, the device is cuda:0; take fp16 or bf16 there",
    );
  });

  it("of an exported model", async () => {
    await expect(openOne(fixture("bert-mean"), { precision: "fp16", exported: true })).rejects.toThrow(
      /^precision: .* is run as it was exported, so fp16 cannot be chosen; leave --precision out$/,
    );
  });

  it("of static embeddings", async () => {
    await expect(openOne(fileURLToPath(new URL("../sample", import.meta.url)), { precision: "int8" })).rejects.toThrow(
      /^precision: .* is a table of vectors, so int8 cannot be chosen; leave --precision out$/,
    );
  });
});

const shared = sharedFolder();

describe.skipIf(shared === undefined)("all-MiniLM-L6-v2, where the reference material is at hand", () => {
  const model = "sentence-transformers/all-MiniLM-L6-v2";
  const environment = { HF_HUB_CACHE: join(shared ?? "", "hub") };
  const some = ["A man is playing a guitar.", "Is my card on its way?", "rain", ...texts];

  it("in every precision", async () => {
    const exact = await (await openOne(model, {}, environment)).encode(some);
    for (const [precision, bound] of [
      ["fp16", 0.999_99],
      ["bf16", 0.9999],
      ["int8", 0.98],
    ] as const) {
      const encoder = await openOne(model, { precision }, environment);
      expect(agreement(await encoder.encode(some), exact)).toBeGreaterThan(bound);
    }
  });

  it("int8: a text alone and in company", async () => {
    const encoder = await openOne(model, { precision: "int8" }, environment);
    const together = await encoder.encode(some);
    for (const [i, text] of some.entries()) {
      expect(difference((await encoder.encode([text])).data, row(together, i))).toBeLessThan(1e-6);
    }
  });
});
