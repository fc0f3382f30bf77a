import { describe, expect, it } from "vitest";
import type { DeviceChoice } from "../models/runtime/providers/index.ts";
import type { MachineParts } from "../models/runtime/testing/machines.ts";
import { complete, fakeMachine, noGpu, twoGpus, withoutCudnn } from "../models/runtime/testing/machines.ts";
import { doctor } from "./doctor.ts";
import type { Terminal } from "./terminal.ts";

const secret = "hf_this-is-secret";

/** Returns the text of the command about a machine, and whether it succeeds. */
async function examine(parts: MachineParts, device?: DeviceChoice, format: "text" | "json" = "text") {
  const machine = fakeMachine(parts);
  let printed = "";
  const terminal = { env: machine.env, out: (text: string) => (printed += text) } as unknown as Terminal;
  const works = await doctor({ format, ...(device === undefined ? {} : { device }) }, terminal, machine);
  return { works, printed, cuda: printed.split("For --device cuda\n")[1]?.split("\nFor --device ")[0] };
}

describe("pramana doctor", () => {
  it("on a machine without a GPU: lists the steps in their order; only --device cuda makes it fail", async () => {
    const { works, cuda } = await examine(noGpu);
    expect(works).toBe(true);
    expect(cuda).toBe(
      [
        "  ✗ driver            neither nvidia-smi nor /proc/driver/nvidia/version answers",
        "                      → install NVIDIA's driver 525.60.13 or newer, which CUDA 12 needs; in a container, start it with --gpus all (NVIDIA Container Toolkit)",
        "  ✗ GPUs              none was found",
        "                      → check with nvidia-smi; in a container, start it with --gpus all",
        "  ✗ provider library  no libonnxruntime_providers_cuda.so, no libonnxruntime_providers_shared.so beside the binding of onnxruntime-node 1.30.0",
        "                      → node /app/node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install (fetches it from api.nuget.org)",
        "  ✗ CUDA 12           the loader does not find libcudart.so.12, libcublas.so.12, libcublasLt.so.12, libcurand.so.10",
        "                      → apt-get install cuda-libraries-12-9 (from NVIDIA's repository, https://developer.nvidia.com/cuda-downloads), or add the folder of these files to LD_LIBRARY_PATH",
        "  ✗ cuDNN 9           the loader does not find libcudnn.so.9",
        "                      → apt-get install libcudnn9-cuda-12 (from NVIDIA's repository, https://developer.nvidia.com/cuda-downloads), or add the folder of libcudnn.so.9 to LD_LIBRARY_PATH",
        "  ? untried           no card was at hand: it was tried with stand-ins alone",
        "",
      ].join("\n"),
    );
    expect((await examine(noGpu, "cuda")).works).toBe(false);
    expect((await examine(noGpu, "cpu")).works).toBe(true);
  });

  it("with a driver and without cuDNN: names that alone, and tries no GPU", async () => {
    const { works, cuda } = await examine({ ...withoutCudnn, brokenGpus: { 0: "not to be tried" } }, "cuda");
    expect(works).toBe(false);
    expect(cuda?.match(/✗/g)).toHaveLength(1);
    expect(cuda).toContain("✗ cuDNN 9 ");
    expect(cuda).not.toContain("not to be tried");
  });

  it("with all there: runs a small graph and succeeds", async () => {
    const { works, cuda } = await examine(complete, "cuda");
    expect(works).toBe(true);
    expect(cuda).toBe(
      [
        "  ✓ driver            550.54.15",
        "  ✓ GPUs              cuda:0 NVIDIA GeForce RTX 4090, 24.0 GiB",
        "  ✓ provider library  libonnxruntime_providers_cuda.so of onnxruntime-node 1.30.0",
        "  ✓ CUDA 12           libcublasLt.so.12, libcublas.so.12, libcurand.so.10, libcudart.so.12",
        "  ✓ cuDNN 9           libcudnn.so.9",
        "  ✓ cuda:0            NVIDIA GeForce RTX 4090, 24.0 GiB computes",
        "  ? untried           no card was at hand: it was tried with stand-ins alone",
        "",
      ].join("\n"),
    );
  });

  it("with two GPUs, one of them broken: only the other one succeeds alone", async () => {
    const parts = {
      ...twoGpus,
      brokenGpus: { 1: "CUDA failure 46: all CUDA-capable devices are busy or unavailable" },
    };
    const { works, cuda } = await examine(parts, "cuda");
    expect(works).toBe(false);
    expect(cuda).toMatch(
      /✓ cuda:0 .*A100.* computes\n {2}✗ cuda:1 +CUDA failure 46: all CUDA-capable devices are busy/,
    );
    expect((await examine(parts, "cuda:0")).works).toBe(true);
    expect((await examine(parts, "cuda:1")).works).toBe(false);
    expect((await examine(parts, "cuda:2")).cuda).toContain("✗ cuda:2            there are 2 GPUs");
    expect((await examine(parts, "cuda:2")).works).toBe(false);
  });

  it("the same as JSON", async () => {
    const told = JSON.parse((await examine(withoutCudnn, undefined, "json")).printed);
    const { general, cuda, ...others } = told;
    const { cudaWorks, webgpuWorks, coremlWorks, dmlWorks } = others;
    expect([cudaWorks, webgpuWorks, coremlWorks, dmlWorks]).toEqual([false, true, false, false]);
    expect(cuda.at(-2)).toMatchObject({ what: "cuDNN 9", state: "missing" });
    for (const findings of [cuda, others.webgpu, others.coreml, others.dml]) {
      expect(findings.at(-1)).toMatchObject({ what: "untried", state: "untried" });
    }
    expect(general.map(({ what }: { what: string }) => what)).toEqual([
      "version",
      "Node",
      "onnxruntime-node",
      "processor",
      "memory",
      "cache",
      "--device auto",
      "Hub",
    ]);
  });

  it("says what --device auto takes, and that it always works", async () => {
    const { works, printed } = await examine({ ...noGpu, broken: { webgpu: "no adapter" } }, "auto");
    expect(works).toBe(true);
    expect(printed).toContain(
      "  ✓ --device auto     auto takes cpu; cuda lacks driver (neither nvidia-smi nor /proc/driver/nvidia/version answers), " +
        "webgpu lacks GPU (no adapter)\n",
    );
    expect((await examine(complete, "auto")).printed).toContain("auto takes cuda:0 (NVIDIA GeForce RTX 4090, ");
  });

  it("finds GPUs and libraries without nvidia-smi and ldconfig, as in some containers", async () => {
    const { cuda } = await examine({
      env: { LD_LIBRARY_PATH: "/opt/cuda:" },
      folders: {
        ...noGpu.folders,
        "/dev": ["null", "nvidia0", "nvidiactl", "nvidia1"],
        "/opt/cuda": ["libcudnn.so.9"],
      },
      files: {
        "/proc/driver/nvidia/version":
          "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.124.06  Release Build  (dvs-builder)\nGCC version: 12\n",
      },
    });
    expect(cuda).toContain("✗ driver            570.124.06, but the loader does not find libcuda.so.1");
    expect(cuda).toContain("✓ GPUs              cuda:0 /dev/nvidia0; cuda:1 /dev/nvidia1");
    expect(cuda).toContain("✓ cuDNN 9           libcudnn.so.9");
  });

  it("the processor's instruction sets that matter", async () => {
    const files = { "/proc/cpuinfo": "model name\t: x\nflags\t\t: fpu sse2 avx2 avx512f avx512_vnni avx_vnni_int8\n" };
    expect((await examine({ ...noGpu, files })).printed).toMatch(/✓ processor .*, avx2 avx512f avx512_vnni\n/);
    expect((await examine(noGpu)).printed).toMatch(/✓ processor .*, instruction sets unknown\n/);
  });

  it("a binding that cannot be loaded", async () => {
    const { printed } = await examine({ ...noGpu, providers: [] });
    expect(printed).toContain(
      "✗ onnxruntime-node  1.30.0, which cannot be loaded from /app/node_modules/onnxruntime-node\n",
    );
    expect(printed).toContain("→ install the packages again (npm ci); Linux needs glibc 2.28 or newer");
  });
});

describe("the cache and the Hub", () => {
  const cache = "/home/user/.cache/huggingface/hub";

  it.each<[MachineParts, string]>([
    [{ folders: { [cache]: [] }, writable: [cache] }, `✓ cache             ${cache}\n`],
    [
      { folders: { "/home/user": [] }, writable: ["/home/user"] },
      `✓ cache             ${cache}, made when it is needed\n`,
    ],
    [{ folders: { [cache]: [] } }, `✗ cache             ${cache} cannot be written to\n`],
    [{ folders: { "/": [] } }, `✗ cache             ${cache} cannot be written to\n`],
    [{ env: { HF_HUB_CACHE: "/data" }, folders: { "/data": [] }, writable: ["/data"] }, "✓ cache             /data\n"],
  ])("%j", async (parts, line) => {
    expect((await examine(parts)).printed).toContain(line);
  });

  it.each<[MachineParts, string]>([
    [{}, "✓ Hub               https://huggingface.co, no token\n"],
    [{ env: { HF_HUB_OFFLINE: "1" } }, "✓ Hub               offline (HF_HUB_OFFLINE), no token\n"],
    [{ env: { HF_ENDPOINT: "https://mirror.test/" } }, "✓ Hub               https://mirror.test, no token\n"],
    [{ env: { HF_TOKEN: secret } }, "✓ Hub               https://huggingface.co, with a token\n"],
    [
      { files: { "/home/user/.cache/huggingface/token": secret } },
      "✓ Hub               https://huggingface.co, with a token\n",
    ],
  ])("%j, and never the token itself", async (parts, line) => {
    for (const format of ["text", "json"] as const) {
      const { printed } = await examine(parts, undefined, format);
      expect(printed).not.toContain(secret);
      if (format === "text") expect(printed).toContain(line);
    }
  });
});
