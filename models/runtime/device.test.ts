import { describe, expect, it } from "vitest";
import { cudaDevice, gpusOf, parseDevice, singleDevices } from "./device.ts";

describe("a device", () => {
  it.each(["cpu", "cuda", "cuda:0", "cuda:12"])("%s is one", (text) => {
    expect(parseDevice(text)).toBe(text);
  });

  it.each(["", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:0,1", "CUDA", "cuda:1.5", "cuda:0 "])(
    "%j is none",
    (text) => {
      expect(() => parseDevice(text)).toThrow(
        `device: ${JSON.stringify(text)} is unknown; expected cpu, cuda (every visible GPU) or cuda:N (one GPU, from 0)`,
      );
    },
  );

  it("is counted without zeros before its number", () => {
    expect(parseDevice("cuda:01")).toBe("cuda:1");
  });

  it("names its GPUs, each of which gets a session", () => {
    expect(cudaDevice([0, 2])).toBe("cuda:0,2");
    expect(gpusOf("cuda:0,2")).toEqual([0, 2]);
    expect(["cpu", "cuda", "remote"].map(gpusOf)).toEqual([[], [], []]);
    expect(singleDevices("cuda:0,2")).toEqual(["cuda:0", "cuda:2"]);
    expect(singleDevices("cpu")).toEqual(["cpu"]);
  });
});
