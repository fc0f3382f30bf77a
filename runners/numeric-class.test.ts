import { expect, it } from "vitest";
import { classDifferences, distinctClasses, hardwareDifferences, hardwareText, numericClass } from "./numeric-class.ts";

const processor = "linux/x64 avx avx2 fma avx512f";
const info = { precision: "fp32", batchTokens: 1024 } as const;
const machine = { onnxruntime: "1.30.0" };
const here = numericClass(info, machine, processor);

it("a class is what decides on the last bits, and no more", () => {
  expect(here).toEqual({ onnxruntime: "1.30.0", processor, precision: "fp32", batch: "1024" });
  const gpus = { ...machine, accelerator: "2 × NVIDIA A100 + NVIDIA L4, driver 570.1" };
  expect(numericClass({ ...info, precision: "fp16" }, gpus, processor)).toEqual({
    ...{ onnxruntime: "1.30.0", processor, precision: "fp16", batch: "1024" },
    accelerator: "NVIDIA A100 + NVIDIA L4, driver 570.1",
  });
});

it("a pair of models has two batches, and a model that runs elsewhere none", () => {
  const sides = { query: { batchTokens: 32_768 }, document: { batchTokens: 1024 } };
  expect(numericClass({ ...info, sides }, machine, processor).batch).toBe("32768→1024");
  expect(numericClass({ precision: "unknown" }, machine, processor)).toEqual({
    ...{ onnxruntime: "1.30.0", processor, precision: "unknown" },
  });
});

it("all that differs is named", () => {
  expect(classDifferences(here, { ...here })).toEqual([]);
  const other = { ...here, onnxruntime: "1.31.0", accelerator: "NVIDIA L4, driver 570", batch: "4096" };
  expect(classDifferences(here, other)).toEqual([
    "the accelerator was none and is NVIDIA L4, driver 570",
    "ONNX Runtime was 1.30.0 and is 1.31.0",
    "the batch was 1024 and is 4096",
  ]);
  expect(hardwareText(other)).toBe(`NVIDIA L4, driver 570, ${processor}, ONNX Runtime 1.31.0`);
  expect(distinctClasses([here, other, { ...here }])).toEqual([here, other]);
});

it("a GPU's batch size, which is found anew each time, makes no other hardware", () => {
  expect(hardwareDifferences(here, { ...here, batch: "4096" })).toEqual([]);
  expect(hardwareDifferences(here, { ...here, batch: "4096", processor: "linux/x64 avx" })).toEqual([
    `the processor was ${processor} and is linux/x64 avx`,
  ]);
});
