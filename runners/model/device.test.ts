import { describe, expect, it } from "vitest";
import { InputError, UsageError } from "../../datasets/errors.ts";
import type { MachineParts } from "../../models/runtime/testing/machines.ts";
import { complete, fakeMachine, noGpu, twoGpus, withoutCudnn } from "../../models/runtime/testing/machines.ts";
import { acceleratorOf, findDevice, settleDevice } from "./device.ts";

const find = (
  device: Parameters<typeof findDevice>[0],
  parts: MachineParts,
  env: Record<string, string> = {},
  told: string[] = [],
) => findDevice(device, fakeMachine({ ...parts, env: { ...parts.env, ...env } }), (line) => told.push(line));

describe("--device", () => {
  it.each<[Parameters<typeof findDevice>[0], MachineParts, string]>([
    ["cpu", noGpu, "cpu"],
    ["cuda", complete, "cuda:0"],
    ["cuda", twoGpus, "cuda:0,1"],
    ["cuda:1", twoGpus, "cuda:1"],
    ["cuda", { ...twoGpus, env: { CUDA_VISIBLE_DEVICES: "1" } }, "cuda:0"],
  ])("%s", async (device, parts, found) => {
    expect((await find(device, parts)).device).toBe(found);
  });

  it("says what is missing and who knows more", async () => {
    const refused = find("cuda:0", withoutCudnn);
    await expect(refused).rejects.toThrow(
      "device: cuda:0 cannot work here, missing: cuDNN 9 (the loader does not find libcudnn.so.9); " +
        "`pramana doctor --device cuda:0` says what mends it",
    );
    await expect(refused).rejects.toBeInstanceOf(InputError);
    await expect(find("cuda", noGpu)).rejects.toThrow(
      /missing: driver \(.*\), GPUs \(none was found\), provider library/,
    );
  });

  it("a GPU that is not there is wrong usage", async () => {
    const refused = find("cuda:2", twoGpus);
    await expect(refused).rejects.toThrow(
      "device: there is no cuda:2; there is cuda:0 (NVIDIA A100-SXM4-80GB, 80.0 GiB), cuda:1 (NVIDIA A100-SXM4-80GB, 80.0 GiB)",
    );
    await expect(refused).rejects.toBeInstanceOf(UsageError);
  });
});

describe("--device auto", () => {
  const vulkan = "GPU0:\n\tdeviceType = PHYSICAL_DEVICE_TYPE_DISCRETE_GPU\n\tdeviceName = AMD Radeon RX 7900\n";
  const withVulkan: MachineParts = { ...noGpu, programs: { ...noGpu.programs, vulkaninfo: vulkan } };
  const noDriver = "cuda lacks driver (neither nvidia-smi nor /proc/driver/nvidia/version answers)";
  const adapter = "Failed to get a WebGPU adapter: No supported adapters ";
  const oneBroken = { ...twoGpus, brokenGpus: { 1: "CUDA failure 46: busy" } };

  it.each<[string, MachineParts, string, string]>([
    [
      "every card",
      twoGpus,
      "cuda:0,1",
      "device: auto takes cuda:0,1 (2 × NVIDIA A100-SXM4-80GB, driver 550.54.15, TF32)",
    ],
    [
      "a GPU of another maker",
      withVulkan,
      "webgpu",
      `device: auto takes webgpu (AMD Radeon RX 7900, by WebGPU over Vulkan); ${noDriver}`,
    ],
    [
      "the processor, where no GPU computes",
      { ...noGpu, broken: { webgpu: adapter } },
      "cpu",
      `device: auto takes cpu; ${noDriver}, webgpu lacks GPU (${adapter.trim()})`,
    ],
    [
      "the processor, where a card does not compute and the other GPU may be made of it",
      oneBroken,
      "cpu",
      "device: auto takes cpu; cuda fails, cuda:1 (CUDA failure 46: busy), " +
        "webgpu may compute on the processor, which vulkaninfo (vulkan-tools) would tell",
    ],
    [
      "the processor of a Mac",
      { platform: "darwin/arm64", providers: ["cpu", "webgpu", "coreml"] },
      "cpu",
      "device: auto takes cpu; webgpu is untried over Metal, coreml is untried",
    ],
    [
      "the processor under Windows",
      { platform: "win32/x64", providers: ["cpu", "dml", "webgpu"] },
      "cpu",
      "device: auto takes cpu; webgpu is untried over Direct3D 12, dml is untried",
    ],
    ["the processor, where no binding can be loaded", { providers: [] }, "cpu", "device: auto takes cpu"],
  ])("takes %s, and says in one line what and why", async (_what, parts, device, line) => {
    const told: string[] = [];
    expect((await find("auto", parts, {}, told)).device).toBe(device);
    expect(told).toEqual([line]);
  });

  it("is settled once, where several runs follow on one device", async () => {
    const told: string[] = [];
    const machine = fakeMachine(twoGpus);
    const settled = await settleDevice({ device: "auto", threads: 1 }, machine, (line) => told.push(line));
    expect(settled).toEqual({ device: "cuda:0,1", threads: 1 });
    expect((await findDevice(settled.device, machine, (line) => told.push(line))).device).toBe("cuda:0,1");
    expect(told).toHaveLength(1);
    expect(await settleDevice({ device: "cuda" }, machine, () => {})).toEqual({ device: "cuda" });
  });
});

describe("a device that is untried", () => {
  it("runs where it is named, and says so", async () => {
    const told: string[] = [];
    const { device } = await find("dml", { providers: ["cpu", "dml"] }, {}, told);
    expect(device).toBe("dml");
    expect(told).toEqual([
      "device: dml is untried, no Windows was at hand: neither its numbers nor its speed were ever seen; see docs/devices.md",
    ]);
    await expect(find("coreml", noGpu)).rejects.toThrow(
      "device: coreml cannot work here, missing: provider (onnxruntime-node 1.30.0 has cpu, webgpu, cuda); ",
    );
  });
});

describe("the accelerator", () => {
  const without = { NVIDIA_TF32_OVERRIDE: "0" };

  it("is what the GPUs behind the device are, by one look at the machine", async () => {
    const asked: string[] = [];
    const machine = fakeMachine({ ...twoGpus, env: without });
    const print: typeof machine.print = async (program, args) => {
      asked.push(program);
      return machine.print(program, args);
    };
    expect(await findDevice("cuda", { ...machine, print }, () => {})).toEqual({
      device: "cuda:0,1",
      accelerator: "2 × NVIDIA A100-SXM4-80GB, driver 550.54.15",
    });
    expect(asked.filter((program) => program === "nvidia-smi")).toHaveLength(1);
  });

  it("is absent for the processor", async () => {
    expect(await find("cpu", twoGpus, without)).toEqual({ device: "cpu" });
  });

  it("is told with the shortened products that the user allowed", async () => {
    expect((await find("cuda:0", complete, { NVIDIA_TF32_OVERRIDE: "1" })).accelerator).toBe(
      "NVIDIA GeForce RTX 4090, driver 550.54.15, TF32",
    );
  });

  it("is recorded where the model ran on the device that was found, and not where it ran elsewhere", async () => {
    const found = await find("cuda:1", twoGpus, without);
    const { accelerator } = found;
    expect(accelerator).toBe("NVIDIA A100-SXM4-80GB, driver 550.54.15");
    expect(acceleratorOf("cuda:1", found)).toEqual({ accelerator });
    expect(acceleratorOf("remote", found)).toEqual({});
    expect(acceleratorOf("cpu", { device: "cpu" })).toEqual({});
  });
});
