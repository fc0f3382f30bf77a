import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { result, run, subset } from "../testing/task-results.ts";
import { claims } from "./claim.ts";
import { renameResults, requireFree } from "./rename.ts";
import { planRenaming } from "./renaming.ts";
import { parseResultFile } from "./result-file.ts";
import { resultFolder, writeMeta, writeResult } from "./store.ts";

const [old, hash] = ["local/my-run-checkpoint-500", "d".repeat(40)];
const now = 1e9;
let dir: string;

async function store(model: string, revision: string, task = "Mini"): Promise<string> {
  const folder = resultFolder(dir, model, revision);
  await writeMeta(folder, { name: model, revision, embed_dim: 8 });
  await writeResult(folder, result({ task, splits: { test: [subset()] }, run: { ...run, inputs: { task: "0" } } }));
  writeFileSync(join(folder, `${task}.samples.parquet`), "samples");
  return folder;
}

const rename = async (from: string, to: string): Promise<void> => {
  const plans = await planRenaming(from, to, dir, now);
  await requireFree(plans);
  await renameResults(plans, now);
};
const jsonOf = (folder: string, name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "pramana-rename-"));
});

describe("results that are renamed", () => {
  it("move with samples and metadata, and say of which files they are", async () => {
    const folder = await store(old, hash);
    const bench = [
      { model: old, revision: hash, x: 1 },
      { model: "a/other", revision: hash },
    ].map((one) => JSON.stringify(one));
    writeFileSync(join(folder, "bench.jsonl"), `${bench.join("\n")}\n`);
    const predictions = `{"mteb_model_meta": {"model_name": "${old}", "revision": "${hash}"}, "default": {"2": 1, "1": 2}}`;
    writeFileSync(join(folder, "Mini_predictions.json"), predictions);
    await rename(old, "acme/embed@step-500");
    const moved = resultFolder(dir, "acme/embed", "step-500");
    expect(readdirSync(dir)).toEqual(["acme__embed"]);
    expect(jsonOf(moved, "model_meta.json")).toEqual({ name: "acme/embed", revision: "step-500", embed_dim: 8 });
    const { run: record, splits } = parseResultFile(readFileSync(join(moved, "Mini.json"), "utf8"), "Mini.json");
    expect(record?.inputs).toEqual({ task: "0", model: hash });
    expect(splits["test"]?.[0]?.mainScore).toBe(0.5);
    expect(readFileSync(join(moved, "Mini.samples.parquet"), "utf8")).toBe("samples");
    expect(readFileSync(join(moved, "bench.jsonl"), "utf8")).toBe(
      `{"model":"acme/embed","revision":"step-500","x":1}\n${bench[1]}\n`,
    );
    expect(readFileSync(join(moved, "Mini_predictions.json"), "utf8")).toBe(
      '{"mteb_model_meta": {"model_name":"acme/embed","revision":"step-500"}, "default": {"2": 1, "1": 2}}',
    );
  });

  it("stay where a run is at a task of them, whose process is named, and move once it has ended", async () => {
    const folder = await store(old, hash);
    const claimed = await claims(folder, () => now)("Other");
    await expect(rename(old, "acme/embed@step-500")).rejects.toThrow(
      new InputError(
        `results: a run is at ${folder}: process ${process.pid} on ${hostname()}; rename it once that has ended, or, where ` +
          `it has, remove ${join(folder, ".Other.claim")} first`,
      ),
    );
    expect(readdirSync(dir)).toEqual(["local__my-run-checkpoint-500"]);
    if (claimed.kind === "ours") await claimed.release();
    await rename(old, "acme/embed@step-500");
    expect(readdirSync(resultFolder(dir, "acme/embed", "step-500")).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("keep their marks and revisions, of all rows of the model", async () => {
    await store(old, hash);
    await store(`${old}[precision=int8]`, hash);
    await store("a/other", "1");
    await rename(old, "acme/embed");
    expect(readdirSync(dir).sort()).toEqual(["a__other", "acme__embed", "acme__embed[precision=int8]"]);
    expect(readdirSync(join(dir, "acme__embed"))).toEqual([hash]);
    const { run: record } = parseResultFile(
      readFileSync(join(dir, "acme__embed", hash, "Mini.json"), "utf8"),
      "Mini.json",
    );
    expect(record?.inputs).toEqual({ task: "0" });
  });

  it("replace no others, and say so before anything moves", async () => {
    const folder = await store(old, hash);
    await store("acme/embed", "step-500", "Other");
    await expect(rename(old, "acme/embed@step-500")).rejects.toThrow("is there already, with other results");
    expect(existsSync(join(folder, "Mini.json"))).toBe(true);
    expect(readdirSync(resultFolder(dir, "acme/embed", "step-500"))).toContain("Other.json");
  });

  it("killed between the two steps, are whole at both places, and the same call ends it", async () => {
    const folder = await store(old, hash);
    const before = join(dir, "before");
    cpSync(folder, before, { recursive: true });
    await rename(old, "acme/embed@step-500");
    mkdirSync(folder, { recursive: true });
    cpSync(before, folder, { recursive: true });
    await rename(old, "acme/embed@step-500");
    expect(existsSync(folder)).toBe(false);
    expect(readdirSync(resultFolder(dir, "acme/embed", "step-500"))).toHaveLength(3);
  });

  it("leave nothing hidden of a call that was killed while it wrote", async () => {
    await store(old, hash);
    const model = join(dir, "acme__embed");
    mkdirSync(join(model, `.1.${"0".repeat(8)}-0000-0000-0000-${"0".repeat(12)}.tmp`), { recursive: true });
    // It is of an older version's form, and so goes by its age.
    const plans = await planRenaming(old, "acme/embed@1", dir, now);
    await renameResults(plans, Date.now() / 1000 + 7200);
    expect(readdirSync(model)).toEqual(["1"]);
  });
});

it.each([
  ["nobody/there", "acme/embed", '"nobody/there" names no stored model'],
  [old, "embed", '"embed" is given as the new name; expected ORG/MODEL'],
  [old, "local/embed", "is given as the new name"],
  [old, "acme/embed@a b", "is given as the new name"],
  [old, "acme/embed@1", `${hash} would both be acme/embed@1; name one as MODEL@REVISION`],
  ["acme/done", "acme/done", "acme/done at 1 has that name already"],
  ["a/x+b/y[fusion=rrf,k=60]", "acme/embed", "is made of those of its models"],
  [`${old}@`, "acme/embed", "names no stored model"],
])("%s to %s is refused", async (from, to, message) => {
  await store(old, hash);
  await store(old, "e".repeat(40));
  await store("acme/done", "1");
  await store("a/x+b/y[fusion=rrf,k=60]", "1");
  await expect(planRenaming(from, to, dir, now)).rejects.toThrow(message);
});

it("one of several revisions is named by the beginning of it", async () => {
  await store(old, hash);
  await store(old, "e".repeat(40));
  await rename(`${old}@ddd`, "acme/embed@1");
  expect(readdirSync(join(dir, "acme__embed"))).toEqual(["1"]);
  expect(readdirSync(join(dir, "local__my-run-checkpoint-500"))).toEqual(["e".repeat(40)]);
});
