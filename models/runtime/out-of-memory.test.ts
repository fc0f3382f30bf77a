import { describe, expect, it } from "vitest";
import { createGraph } from "../graph/builder.ts";
import { elementTypes } from "../graph/onnx.ts";
import { halvingEncoder, isOutOfMemory } from "./out-of-memory.ts";
import { processor } from "./providers/cpu.ts";
import { openSession } from "./session.ts";

describe("the signs of memory that is used up", () => {
  // ONNX Runtime 1.30 printed the first three like this; those of cuBLAS and cuDNN are the names in its sources.
  it.each([
    "ONNX Runtime: Non-zero status code returned while running Expand node. Name:'Expand_1' Status Message: " +
      "/onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* onnxruntime::BFCArena::AllocateRawInternal" +
      "(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 120000000000",
    "CUDA failure 2: out of memory ; GPU=0 ; hostname=h ; file=cuda_allocator.cc ; line=28 ; expr=cudaMalloc((void**)&p, size); ",
    "bfc_arena.cc:346 Available memory of 1024 is smaller than requested bytes of 4096",
    "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0",
    "CUDNN failure 4002: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
    "CUDA out of memory. Tried to allocate 2.00 GiB",
    "std::bad_alloc",
    "bad allocation",
    "Array buffer allocation failed",
  ])("%s", (message) => {
    expect(isOutOfMemory(new Error(message))).toBe(true);
  });

  it.each([
    "CUDA failure 101: invalid device ordinal ; GPU=0",
    "CUDA failure 209: no kernel image is available for execution on the device",
    "indices element out of data bounds, idx=600",
    "CUDNN_STATUS_NOT_SUPPORTED",
  ])("not: %s", (message) => {
    expect(isOutOfMemory(new Error(message))).toBe(false);
  });

  it("ONNX Runtime's own, for a tensor that no machine holds", async () => {
    const graph = createGraph();
    const value = graph.input("value", "float", [1, 1]);
    const size = graph.op("Cast", [graph.input("size", "int32", [2])], { to: elementTypes.int64 });
    graph.output(graph.op("Expand", [value, size]), "all", ["rows", "columns"]);
    const session = await openSession({ ...(await graph.serialize()), threads: 1, executionProvider: processor });
    const feeds = (rows: number) => ({
      value: { data: Float32Array.of(7), dims: [1, 1] },
      size: { data: Int32Array.of(rows, 2_000_000), dims: [2] },
    });
    const failure = await session.run(feeds(2_000_000_000), ["all"]).catch((error: unknown) => error);
    expect(isOutOfMemory(failure)).toBe(true);
    expect((await session.run(feeds(1), ["all"]))["all"]?.data[1_999_999]).toBe(7);
    await session.close();
  });
});

/** Makes a session with room for so many padded tokens, which encodes a member as its number and notes its calls. */
function fakeSession(lengths: readonly number[], room: number) {
  const tried: number[][] = [];
  const widthOf = (members: readonly number[]) => Math.max(...members.map((member) => lengths[member]));
  const encode = async (members: readonly number[]) => {
    tried.push([...members]);
    if (members.length * widthOf(members) > room) throw new Error("CUDA failure 2: out of memory ; GPU=0");
    return members.map((member) => Float32Array.of(member, -member));
  };
  return { tried, widthOf, encode };
}

describe("a batch that does not fit", () => {
  it("is halved until it does, its vectors in order", async () => {
    const { tried, widthOf, encode } = fakeSession([10, 10, 10, 10, 10, 10, 10], 20);
    const vectors = await halvingEncoder()([6, 5, 4, 3, 2, 1, 0], widthOf, encode);
    expect(vectors.flatMap((row) => [...row])).toEqual([6, -6, 5, -5, 4, -4, 3, -3, 2, -2, 1, -1, 0, -0]);
    expect(tried.map((members) => members.length)).toEqual([7, 4, 2, 2, 3, 2, 1]);
  });

  it("is remembered: the next one of its size is halved at once", async () => {
    const { tried, widthOf, encode } = fakeSession(Array(16).fill(4), 16);
    const encodeBatch = halvingEncoder();
    const all = Array.from({ length: 8 }, (_, i) => i);
    await encodeBatch(all, widthOf, encode);
    expect(tried.map((members) => members.length)).toEqual([8, 4, 4]);
    await encodeBatch(all, widthOf, encode);
    expect(tried.slice(3).map((members) => members.length)).toEqual([4, 4]);
    // Another session has its own memory.
    await halvingEncoder()(all, widthOf, encode);
    expect(tried.slice(5).map((members) => members.length)).toEqual([8, 4, 4]);
  });

  it("long texts that leave no room do not keep short ones from being tried", async () => {
    const { widthOf, encode } = fakeSession([100, 1, 1], 100);
    const encodeBatch = halvingEncoder();
    expect((await encodeBatch([0, 1], widthOf, encode)).flatMap((row) => [...row])).toEqual([0, -0, 1, -1]);
    expect((await encodeBatch([1, 2], widthOf, encode)).flatMap((row) => [...row])).toEqual([1, -1, 2, -2]);
  });

  it("of a single text is the end, and tells its length", async () => {
    const { tried, widthOf, encode } = fakeSession([5, 8192, 5], 4096);
    await expect(halvingEncoder()([1, 0, 2], widthOf, encode)).rejects.toThrow(
      "encode: a text of 8192 tokens does not fit into memory on its own; use a device with more memory, or a lower " +
        "max_seq_length in the model's sentence_bert_config.json (CUDA failure 2: out of memory ; GPU=0)",
    );
    expect(tried.at(-1)).toEqual([1]);
  });

  it("another failure is told as it is, once", async () => {
    let calls = 0;
    const encode = async () => {
      calls++;
      throw new Error("CUDA failure 700: an illegal memory access was encountered");
    };
    await expect(halvingEncoder()([0, 1, 2, 3], () => 4, encode)).rejects.toThrow("illegal memory access");
    expect(calls).toBe(1);
  });
});
