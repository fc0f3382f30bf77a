import { describe, expect, it } from "vitest";
import { type CudaFacts, cudaFindings, describeAccelerator, visibleGpus } from "./cuda-findings.ts";

const card = { name: "NVIDIA A100-SXM4-80GB", memoryMiB: 81_920, uuid: "GPU-aaaa" };
const other = { name: "NVIDIA L4", memoryMiB: 23_034, uuid: "GPU-bbbb" };
const cuda12 = ["libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcurand.so.10"];
/** A machine that lacks nothing. */
const facts: CudaFacts = {
  platform: "linux/x64",
  onnxruntime: "1.30.0",
  packageFolder: "/app/node_modules/onnxruntime-node",
  providers: ["cpu", "webgpu", "cuda", "tensorrt"],
  binaries: ["libonnxruntime_providers_cuda.so", "libonnxruntime_providers_shared.so", "onnxruntime_binding.node"],
  linked: [...cuda12, "libcuda.so.1", "libm.so.6"].map((name) => ({ name, found: true })),
  libraries: [...cuda12, "libcuda.so.1", "libcudnn.so.9"],
  driver: "550.54.15",
  gpus: [card, other],
};
const { linked: _, driver: __, ...neitherLinkedNorDriver } = facts;
const missing = (changed: CudaFacts) =>
  cudaFindings(changed)
    .filter(({ state }) => state === "missing")
    .map(({ what, seen, remedy }) => ({ what, seen, remedy }));

describe("what CUDA needs", () => {
  it("is all there", () => {
    expect(cudaFindings(facts)).toEqual([
      { what: "driver", state: "ok", seen: "550.54.15" },
      { what: "GPUs", state: "ok", seen: "cuda:0 NVIDIA A100-SXM4-80GB, 80.0 GiB; cuda:1 NVIDIA L4, 22.5 GiB" },
      { what: "provider library", state: "ok", seen: "libonnxruntime_providers_cuda.so of onnxruntime-node 1.30.0" },
      { what: "CUDA 12", state: "ok", seen: cuda12.join(", ") },
      { what: "cuDNN 9", state: "ok", seen: "libcudnn.so.9" },
    ]);
  });

  it.each(["darwin/arm64", "win32/x64", "linux/arm64"])("is not to be had on %s", (platform) => {
    expect(missing({ ...facts, platform, providers: ["cpu", "webgpu"] })).toEqual([
      {
        what: "platform",
        seen: `${platform}, where onnxruntime-node 1.30.0 has cpu, webgpu`,
        remedy: "use Linux on x64 (WSL 2 on Windows counts), the only platform for which it has the CUDA provider",
      },
    ]);
  });

  it("a binding that cannot be loaded is told as that", () => {
    expect(missing({ ...facts, providers: [] })[0]?.seen).toBe(
      "linux/x64, where onnxruntime-node 1.30.0 cannot be loaded",
    );
  });

  it("a driver: none", () => {
    expect(missing({ ...neitherLinkedNorDriver, gpus: [] })).toEqual([
      {
        what: "driver",
        seen: "neither nvidia-smi nor /proc/driver/nvidia/version answers",
        remedy:
          "install NVIDIA's driver 525.60.13 or newer, which CUDA 12 needs; in a container, start it with --gpus all (NVIDIA Container Toolkit)",
      },
      {
        what: "GPUs",
        seen: "none was found",
        remedy: "check with nvidia-smi; in a container, start it with --gpus all",
      },
    ]);
  });

  it.each([
    ["470.223.02", true],
    ["525.60.11", true],
    ["525.60.13", false],
    ["525.105.17", false],
    ["535", false],
  ])("a driver new enough: %s", (driver, tooOld) => {
    expect(missing({ ...facts, driver }).map(({ what }) => what)).toEqual(tooOld ? ["driver"] : []);
  });

  it("a driver whose library reaches the program", () => {
    expect(missing({ ...facts, libraries: facts.libraries.filter((name) => name !== "libcuda.so.1") })).toEqual([
      {
        what: "driver",
        seen: "550.54.15, but the loader does not find libcuda.so.1",
        remedy: "run ldconfig; in a container, set NVIDIA_DRIVER_CAPABILITIES=compute,utility when it starts",
      },
    ]);
  });

  it("the provider library, fetched by the package's own script", () => {
    expect(missing({ ...facts, binaries: ["onnxruntime_binding.node"] })).toEqual([
      {
        what: "provider library",
        seen: "no libonnxruntime_providers_cuda.so, no libonnxruntime_providers_shared.so beside the binding of onnxruntime-node 1.30.0",
        remedy:
          "node /app/node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install (fetches it from api.nuget.org)",
      },
    ]);
  });

  it("CUDA's libraries, by the loader's own word", () => {
    const linked = facts.linked?.map(({ name }) => ({ name, found: !name.startsWith("libcublas") }));
    expect(missing({ ...facts, ...(linked ? { linked } : {}) })).toEqual([
      {
        what: "CUDA 12",
        seen: "the loader does not find libcublas.so.12, libcublasLt.so.12",
        remedy:
          "apt-get install cuda-libraries-12-9 (from NVIDIA's repository, https://developer.nvidia.com/cuda-downloads), or add the folder of these files to LD_LIBRARY_PATH",
      },
    ]);
  });

  it("CUDA's libraries, by name where the provider is not there yet", () => {
    const { linked: _, ...unlinked } = facts;
    expect(missing({ ...unlinked, libraries: ["libcuda.so.1", "libcudart.so.13", "libcudnn.so.9"] })[0]?.seen).toBe(
      "the loader does not find libcudart.so.12, libcublas.so.12, libcublasLt.so.12, libcurand.so.10",
    );
    expect(missing(unlinked)).toEqual([]);
  });

  it("follows the installed provider to another version of CUDA", () => {
    const linked = ["libcublasLt.so.13", "libcublas.so.13", "libcurand.so.10", "libcudart.so.13"];
    const found = cudaFindings({ ...facts, linked: linked.map((name) => ({ name, found: false })), libraries: [] });
    expect(found.map(({ what, state }) => `${what} ${state}`)).toEqual([
      "driver missing",
      "GPUs ok",
      "provider library ok",
      "CUDA 13 missing",
      "cuDNN 9 missing",
    ]);
    expect(found[0]?.remedy).toBe("install NVIDIA's driver 580.65.06 or newer, which CUDA 13 needs");
    expect(found[4]?.remedy).toContain("apt-get install libcudnn9-cuda-13 ");
  });

  it("cuDNN", () => {
    expect(missing({ ...facts, libraries: [...cuda12, "libcuda.so.1", "libcudnn.so.8"] })).toEqual([
      {
        what: "cuDNN 9",
        seen: "the loader does not find libcudnn.so.9",
        remedy:
          "apt-get install libcudnn9-cuda-12 (from NVIDIA's repository, https://developer.nvidia.com/cuda-downloads), or add the folder of libcudnn.so.9 to LD_LIBRARY_PATH",
      },
    ]);
  });

  it("GPUs that are not hidden", () => {
    expect(missing({ ...facts, visibleDevices: "" })).toEqual([
      {
        what: "GPUs",
        seen: 'none of 2 is visible: CUDA_VISIBLE_DEVICES is ""',
        remedy: "unset CUDA_VISIBLE_DEVICES, or name GPUs that there are",
      },
    ]);
  });
});

describe("visible GPUs", () => {
  const gpus = [card, other];

  it.each<[string | undefined, string[]]>([
    [undefined, [card.name, other.name]],
    ["0,1", [card.name, other.name]],
    ["1", [other.name]],
    ["1, 0", [other.name, card.name]],
    ["GPU-bb", [other.name]],
    ["0,7,1", [card.name]],
    ["-1", []],
    ["", []],
    ["NoDevFiles", []],
    ["MIG-5c89", ["MIG-5c89"]],
  ])("CUDA_VISIBLE_DEVICES=%s", (visibleDevices, names) => {
    const seen = visibleGpus({ gpus, ...(visibleDevices === undefined ? {} : { visibleDevices }) });
    expect(seen.map(({ name }) => name)).toEqual(names);
  });
});

describe("the accelerator in a record", () => {
  it.each<[number[], Partial<CudaFacts>, string]>([
    [[0], {}, "NVIDIA A100-SXM4-80GB, driver 550.54.15"],
    [[0, 1], { gpus: [card, card] }, "2 × NVIDIA A100-SXM4-80GB, driver 550.54.15"],
    [[0, 1, 2], { gpus: [card, other, card] }, "2 × NVIDIA A100-SXM4-80GB + NVIDIA L4, driver 550.54.15"],
    [[0], { visibleDevices: "1" }, "NVIDIA L4, driver 550.54.15"],
    [[3], {}, "GPU 3, driver 550.54.15"],
  ])("of GPUs %j with %j", (used, changed, text) => {
    expect(describeAccelerator(used, { ...facts, ...changed })).toBe(text);
  });
});
