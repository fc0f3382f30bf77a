import { describe, expect, it } from "vitest";
import { fullPrecision } from "../../graph/builder.ts";
import { precisions } from "../precision.ts";
import { complete, fakeMachine, type MachineParts, noGpu, twoGpus } from "../testing/machines.ts";
import {
  type Device,
  type DeviceChoice,
  defaultDevice,
  deviceHelp,
  formatOf,
  neverUnasked,
  prepareEnvironment,
  providerOf,
  providers,
} from "./index.ts";
import { parseDevice } from "./parse.ts";

const expected =
  "expected cpu, cuda (every visible GPU), cuda:N (one GPU, from 0), webgpu (a GPU of any maker), " +
  "coreml (Apple's Core ML, untried), dml (Windows's DirectML, untried) or auto (the best that works)";

describe("a choice of device", () => {
  it.each(["cpu", "cuda", "cuda:0", "cuda:12", "webgpu", "coreml", "dml", "auto"])("%s is one", (text) => {
    expect(parseDevice(text)).toBe(text);
  });

  it.each([
    "",
    "gpu",
    "cuda:",
    "cuda:x",
    "cuda:-1",
    "cuda:0,1",
    "CUDA",
    "cuda:1.5",
    "cuda:0 ",
    "cpu:0",
    "webgpu:0",
    "auto:0",
    "dml:0",
    "toString",
  ])("%j is none", (text) => {
    expect(() => parseDevice(text)).toThrow(`device: ${JSON.stringify(text)} is unknown`);
    expect(() => parseDevice(text)).toThrow(`; ${expected}`);
  });

  it.each([
    ["cdua", "cuda"],
    ["CUDA", "cuda"],
    ["webpgu", "webgpu"],
    ["atuo", "auto"],
  ])("%s may be %s with a slip", (text, meant) => {
    expect(() => parseDevice(text)).toThrow(`device: "${text}" is unknown (did you mean "${meant}"?); expected`);
  });

  it("is counted without zeros before its number", () => {
    expect(parseDevice("cuda:01")).toBe("cuda:1");
  });

  it("is told in the help, and is the processor where none is made", () => {
    expect(deviceHelp).toBe(
      "cpu, cuda (every visible GPU), cuda:N (docs/cuda.md), webgpu (docs/webgpu.md), coreml (untried), dml (untried) " +
        "or auto (the best that works)",
    );
    expect(parseDevice(defaultDevice)).toBe("cpu");
  });

  it("has the type of its provider's choices, and a device that of its names", () => {
    const choices: DeviceChoice[] = ["cpu", "cuda", "cuda:1", "auto"];
    const devices: Device[] = ["cpu", "cuda:0,1"];
    // @ts-expect-error The processor has no number.
    choices.push("cpu:0");
    // @ts-expect-error A model runs on GPUs that have numbers.
    devices.push("cuda");
    // @ts-expect-error Nor on what is yet to be chosen.
    devices.push("auto");
    expect([choices.length, devices.length]).toEqual([5, 4]);
  });
});

describe("the provider of a device", () => {
  it.each([
    ["cpu", "cpu"],
    ["cuda", "cuda"],
    ["cuda:1", "cuda"],
    ["cuda:0,2", "cuda"],
    ["webgpu", "webgpu"],
    ["coreml", "coreml"],
    ["dml", "dml"],
  ] as const)("of %s is %s", (device, kind) => {
    expect(providerOf(device)).toBe(providers[kind]);
  });

  it.each(["", "auto", "remote", "precomputed", "cpu:0", "cpu,cuda:0", "cuda:", "cuda:0,", "cuda:a", "xcuda"])(
    "there is none of %j",
    (device) => {
      expect(() => providerOf(device)).toThrow(`device: ${JSON.stringify(device)} is unknown; ${expected}`);
    },
  );

  it("is the one that reads a choice, and it alone", () => {
    for (const text of ["cpu", "cuda", "cuda:3", "webgpu", "coreml", "dml"]) {
      const readers = Object.values(providers).filter(({ parse }) => parse(text) !== undefined);
      expect(readers).toEqual([providerOf(text)]);
    }
  });
});

describe("the placements of a model's sessions", () => {
  const model = { threads: 6, format: fullPrecision, parameters: 1000 };
  const int8 = { ...model, format: { ...fullPrecision, int8: true } };
  const onCpu = (threads: number) => ({ executionProvider: { name: "cpu" }, threads });
  const onGpu = (gpu: number) => ({ executionProvider: { name: "cuda", deviceId: gpu }, threads: 1 });

  it.each([
    ["cpu", model, [onCpu(6)]],
    ["cpu", int8, [onCpu(2), onCpu(2), onCpu(2), onCpu(2)]],
    ["cpu", { ...int8, threads: 2 }, [onCpu(1), onCpu(1)]],
    ["cpu", { ...int8, parameters: 50_000_001 }, [onCpu(6)]],
    ["cuda:0", model, [onGpu(0)]],
    ["cuda:2,0", model, [onGpu(2), onGpu(0)]],
    ["webgpu", model, [{ executionProvider: { name: "webgpu" }, threads: 1 }]],
    // An ML program on processor and GPU, where fp32 stays fp32.
    ["coreml", model, [{ executionProvider: { name: "coreml", coreMlFlags: 48 }, threads: 1 }]],
    ["dml", model, [{ executionProvider: { name: "dml" }, threads: 1 }]],
  ])("%s, %j", (device, placed, placements) => {
    expect(providerOf(device).placements(device, placed)).toEqual(placements);
  });

  it("are never none: a device without a number has no GPU", () => {
    expect(() => providers.cuda.placements("cuda", model)).toThrow(
      'device: "cuda" names no GPU; expected cuda: and numbers of GPUs, such as cuda:0 or cuda:0,1',
    );
  });
});

describe("in what a device computes", () => {
  it.each([
    ["cpu", "fp32", { float: "float", int8: false }],
    ["cpu", "fp16", { float: "float", weights: "float16", int8: false }],
    ["cpu", "bf16", { float: "float", weights: "bfloat16", int8: false }],
    ["cpu", "int8", { float: "float", int8: true }],
    ["cuda:0", "fp32", { float: "float", int8: false }],
    ["cuda:0", "fp16", { float: "float16", int8: false }],
    ["cuda:0", "bf16", { float: "bfloat16", int8: false }],
    ["webgpu", "fp32", { float: "float", int8: false }],
    ["webgpu", "fp16", { float: "float16", int8: false }],
  ] as const)("%s, %s", (device, precision, format) => {
    expect(formatOf(precision, device)).toEqual(format);
  });

  it("is no int8 on a GPU", () => {
    expect(() => formatOf("int8", "cuda:0")).toThrow(
      "precision: int8 is for CPUs, the device is cuda:0; take fp16 or bf16 there",
    );
  });

  it.each(["coreml", "dml"] as const)("is single alone where nothing was tried: %s", (device) => {
    expect(formatOf("fp32", device)).toEqual(fullPrecision);
    for (const precision of ["fp16", "bf16", "int8"] as const) {
      expect(() => formatOf(precision, device)).toThrow(/ is untried with .*; take fp32 there$/);
    }
  });

  it("is no bf16 over WebGPU", () => {
    expect(() => formatOf("bf16", "webgpu")).toThrow(
      "precision: bf16 is unknown to WebGPU, the device is webgpu; take fp32 or fp16 there",
    );
  });

  it("is, unless it is named, single on a CPU, and as stored on a GPU, whose batch size is tried", () => {
    const { cpu, cuda } = providers;
    expect([cpu.defaultPrecision, cuda.defaultPrecision]).toEqual(["fp32", "stored"]);
    expect([cpu.probesBatch, cuda.probesBatch]).toEqual([false, true]);
    expect(Object.keys(cuda.formats)).toEqual([...precisions]);
  });
});

describe("the environment", () => {
  it("has what providers read set, where the user has not set it", () => {
    const environment: Record<string, string | undefined> = { NVIDIA_TF32_OVERRIDE: "1", HOME: "/home/user" };
    prepareEnvironment(environment);
    expect(environment).toEqual({
      NVIDIA_TF32_OVERRIDE: "1",
      CUDA_DEVICE_ORDER: "PCI_BUS_ID",
      HOME: "/home/user",
      ORT_DISABLE_TELEMETRY: "1",
    });
  });

  it.each([
    ["cpu", { ORT_DISABLE_TELEMETRY: "1" }],
    ["cuda:0", { ORT_DISABLE_TELEMETRY: "1", NVIDIA_TF32_OVERRIDE: "0", CUDA_DEVICE_ORDER: "PCI_BUS_ID" }],
  ])("for %s alone", (device, set) => {
    const environment = {};
    prepareEnvironment(environment, [providerOf(device)]);
    expect(environment).toEqual(set);
  });
});

describe("what a machine has for a provider", () => {
  it("is for the processor always enough, and its memory is the process's own", async () => {
    const { findings, find, tryOut, memory } = await providers.cpu.inspect(fakeMachine(noGpu));
    expect([findings, find("cpu"), await tryOut("cpu"), memory]).toEqual([[], { device: "cpu" }, [], undefined]);
  });

  it("is for CUDA what it lacks, the GPUs behind a choice, and whether they compute", async () => {
    const without = await providers.cuda.inspect(fakeMachine(noGpu));
    expect(without.findings.filter(({ state }) => state === "missing")).toHaveLength(5);
    const { findings, find, tryOut } = await providers.cuda.inspect(
      fakeMachine({ ...twoGpus, brokenGpus: { 1: "no" } }),
    );
    expect(findings.every(({ state }) => state === "ok")).toBe(true);
    expect([find("cuda").device, find("cuda:1").device]).toEqual(["cuda:0,1", "cuda:1"]);
    const states = async (choice?: string) => (await tryOut(choice)).map(({ what, state }) => `${what} ${state}`);
    expect(await states()).toEqual(["cuda:0 ok", "cuda:1 missing"]);
    expect(await states("cuda:0")).toEqual(["cuda:0 ok"]);
  });

  it("is for WebGPU whether the binding has it and a GPU computes, which is named where Vulkan's program tells", async () => {
    const { webgpu } = providers;
    const seen = async (parts: MachineParts) =>
      (await webgpu.inspect(fakeMachine(parts))).findings.map(({ what, state, seen }) => `${what} ${state}: ${seen}`);
    expect(await seen({ providers: ["cpu"] })).toEqual(["provider missing: onnxruntime-node 1.30.0 has cpu"]);
    const provider = "provider ok: onnxruntime-node 1.30.0 has cpu, webgpu";
    const failure =
      "webgpu_context.cc:136 Initialize() status == Success was false. Failed to get a WebGPU adapter: No\n";
    expect(await seen({ providers: ["cpu", "webgpu"], broken: { webgpu: failure } })).toEqual([
      provider,
      "GPU missing: Failed to get a WebGPU adapter: No",
    ]);
    const summary =
      "GPU0:\n\tapiVersion = 1.3\n\tdeviceName        = NVIDIA A10G\nGPU1:\n\tdeviceType = PHYSICAL_DEVICE_TYPE_CPU\n\tdeviceName = llvmpipe\n";
    const complete = { providers: ["cpu", "webgpu"], programs: { vulkaninfo: summary } };
    expect(await seen(complete)).toEqual([provider, "GPU ok: one computes, over Vulkan"]);
    const { find, passedOver } = await webgpu.inspect(fakeMachine(complete));
    expect(passedOver).toBeUndefined();
    const accelerator = "NVIDIA A10G or llvmpipe, by WebGPU over Vulkan";
    expect(find("webgpu")).toEqual({ device: "webgpu", accelerator });
    const onMac = await webgpu.inspect(fakeMachine({ providers: ["webgpu"], platform: "darwin/arm64" }));
    expect(onMac.find("webgpu").accelerator).toBe("a GPU that it does not name, by WebGPU over Metal");
  });

  it.each<[MachineParts, string]>([
    [{ platform: "darwin/arm64" }, "is untried over Metal"],
    [{ platform: "win32/x64" }, "is untried over Direct3D 12"],
    [{}, "may compute on the processor, which vulkaninfo (vulkan-tools) would tell"],
    [
      { programs: { vulkaninfo: "GPU0:\n\tdeviceType = PHYSICAL_DEVICE_TYPE_CPU\n\tdeviceName = llvmpipe\n" } },
      "has only llvmpipe, which is the processor",
    ],
  ])("is for WebGPU why none is taken unasked: %j", async (parts, reason) => {
    const { findings, passedOver } = await providers.webgpu.inspect(fakeMachine(parts));
    expect([findings.every(({ state }) => state === "ok"), passedOver]).toEqual([true, reason]);
  });

  it.each([
    ["coreml", "use macOS on Apple's processors", "Core ML ok: it computes"],
    ["dml", "use Windows", "GPU ok: one computes, over Direct3D 12"],
  ] as const)("is for %s whether the binding has it and it computes", async (kind, elsewhere, computes) => {
    const without = await providers[kind].inspect(fakeMachine({}));
    expect(without.findings).toMatchObject([{ what: "provider", state: "missing", remedy: elsewhere }]);
    const there = { providers: ["cpu", kind] };
    const { findings, find } = await providers[kind].inspect(fakeMachine(there));
    expect(findings.map(({ what, state, seen }) => `${what} ${state}: ${seen}`)[1]).toBe(computes);
    expect(find(kind).device).toBe(kind);
    expect(() => find("cpu")).toThrow(`device: there is no cpu; there is ${kind}`);
    const broken = await providers[kind].inspect(fakeMachine({ ...there, broken: { [kind]: "no" } }));
    expect(broken.findings[1]).toMatchObject({ state: "missing", seen: "no" });
  });

  it("tells of each kind that was not seen at work that it is untried", () => {
    const untried = Object.entries(providers).filter(([, one]) => one.untried !== undefined);
    expect(untried.map(([kind]) => kind)).toEqual(["cuda", "webgpu", "coreml", "dml"]);
    expect(neverUnasked).toEqual(["coreml", "dml"]);
  });

  it("names a failure of CUDA's without the functions and files around it", async () => {
    const failure =
      "ONNX Runtime: CUDA failure 209: no kernel image ; GPU=0 ; hostname=h ; file=cuda_call.cc ; line=129";
    const { tryOut } = await providers.cuda.inspect(fakeMachine({ ...complete, brokenGpus: { 0: failure } }));
    expect((await tryOut(undefined)).map(({ seen }) => seen)).toEqual(["CUDA failure 209: no kernel image"]);
  });
});
