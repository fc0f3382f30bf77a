import { describe, expect, it } from "vitest";
import { InputError, UsageError } from "../../datasets/errors.ts";
import type { MachineParts } from "../../models/runtime/testing/machines.ts";
import { complete, fakeMachine, noGpu, twoGpus, withoutCudnn } from "../../models/runtime/testing/machines.ts";
import { acceleratorOf, findDevice } from "./device.ts";

const find = (device: Parameters<typeof findDevice>[0], parts: MachineParts, env: Record<string, string> = {}) =>
  findDevice(device, fakeMachine({ ...parts, env: { ...parts.env, ...env } }));

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

describe("the accelerator", () => {
  const without = { NVIDIA_TF32_OVERRIDE: "0" };

  it("is what the GPUs behind the device are, by one look at the machine", async () => {
    const asked: string[] = [];
    const machine = fakeMachine({ ...twoGpus, env: without });
    const print: typeof machine.print = async (program, args) => {
      asked.push(program);
      return machine.print(program, args);
    };
    expect(await findDevice("cuda", { ...machine, print })).toEqual({
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
