import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { restricted } from "../../tasks/benchmarks.ts";
import { getTask } from "../../tasks/index.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import { mergeParts, readPart, toPart } from "./part.ts";
import { identity, partOf, queued } from "./testing/units.ts";
import { partsOf } from "./unit.ts";

const key = "units/a/b";

describe("what a worker publishes", () => {
  it("is read bit for bit", () => {
    expect(readPart(toPart(partOf(queued())), queued(), key)).toEqual(partOf(queued()));
  });

  it("is refused where a byte is another or missing", () => {
    const bytes = toPart(partOf(queued()));
    for (const at of [0, 70, bytes.length - 3]) {
      const changed = Uint8Array.from(bytes);
      changed[at] ^= 1;
      expect(() => readPart(changed, queued(), key)).toThrow(
        /^store: units\/a\/b: damaged: .*; remove it from the store/,
      );
    }
    for (const end of [0, 64, bytes.length - 1]) {
      expect(() => readPart(bytes.subarray(0, end), queued(), key)).toThrow(/damaged/);
    }
    expect(() => readPart(Buffer.concat([bytes, bytes]), queued(), key)).toThrow(/damaged/);
  });

  it("is refused where it is another unit, or has other subsets", () => {
    const other = queued({ task: "Other" });
    expect(() => readPart(toPart(partOf(other)), queued(), key)).toThrow(/it is another unit/);
    const { units } = partOf(queued({ places: [{ split: "test", subset: "de" }] }));
    expect(() => readPart(toPart(partOf(queued(), { units })), queued(), key)).toThrow(/it has other subsets/);
  });
});

describe("a task is put together", () => {
  const task: TaskSpec = restricted(getTask("STS17"), { subsets: ["ko-ko", "ar-ar", "en-ar"] });
  const parts = partsOf(task).map((places) => partOf(queued({ task: task.name, places: [...places] })));
  const merge = (some: typeof parts) => mergeParts(task, some, {}, 7);

  it("from all its parts, in the order of its subsets", async () => {
    const { result } = await merge(parts);
    expect(result.splits["test"]?.map(({ subset }) => subset)).toEqual(Object.keys(task.languages));
    expect(result).toMatchObject({ task: "STS17", date: 7, evaluationSeconds: 4.5 });
    expect(result.run).toMatchObject({ texts: 9, tokens: 15, inputs: { task: "t" }, prompts: { query: "q: " } });
  });

  it("and names all machines that it was done on", async () => {
    const [first, second, third] = parts as [(typeof parts)[0], (typeof parts)[0], (typeof parts)[0]];
    const elsewhere = { ...second, frame: { ...second.frame, cpu: "Other CPU", threads: 4 } };
    const { run } = (await merge([first, elsewhere, third])).result;
    expect(run).toMatchObject({ cpu: "Some CPU and Other CPU", node: first.frame.node, device: "cpu", threads: 2 });
    expect(Object.keys(run ?? {})).toEqual(Object.keys((await merge(parts)).result.run ?? {}));
  });

  it("and not from hardware that rounds differently, unless that is asked for", async () => {
    const on = (processor: string) => (part: (typeof parts)[0]) => {
      const numeric = { onnxruntime: "1.30.0", processor, precision: "fp32" };
      return { ...part, units: part.units.map((unit) => ({ ...unit, numeric })) };
    };
    const [first, ...rest] = parts as [(typeof parts)[0], ...typeof parts];
    const mix = [on("linux/x64 avx2")(first), ...rest.map(on("linux/x64 avx2 avx512f"))];
    await expect(merge(mix)).rejects.toThrow(
      /the processor was linux\/x64 avx2 and is linux\/x64 avx2 avx512f; give --mixed/,
    );
    const { run } = (await mergeParts(task, mix, { mixed: true }, 7)).result;
    expect(run?.numericClasses?.map(({ processor }) => processor)).toEqual([
      "linux/x64 avx2",
      "linux/x64 avx2 avx512f",
    ]);
    expect((await merge(parts.map(on("linux/x64 avx2")))).result.run?.numericClasses).toHaveLength(1);
  });

  it("and not from fewer, more, or some twice", async () => {
    const [first, second, third] = parts as [(typeof parts)[0], (typeof parts)[0], (typeof parts)[0]];
    const lists = [[], [first, second], [first, second, second], [...parts, third], [second, first, third]];
    for (const list of lists) {
      await expect(merge(list)).rejects.toThrow(InputError);
      await expect(merge(list)).rejects.toThrow(/^task STS17: its parts are not those that were planned/);
    }
  });

  it("and not from parts that were run with something else", async () => {
    const [first, second, third] = parts as [(typeof parts)[0], (typeof parts)[0], (typeof parts)[0]];
    const precise = { ...second, identity: { ...identity, precision: "fp16" } };
    await expect(merge([first, precise, third])).rejects.toThrow(
      /not run with the same: .*: the precision was fp16 and is fp32/,
    );
    const model = { ...second.model, revision: "c1" };
    await expect(merge([first, { ...second, model }, third])).rejects.toThrow(/the model was org\/model at c1 and is/);
  });
});
