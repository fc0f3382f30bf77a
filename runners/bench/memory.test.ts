import { describe, expect, it } from "vitest";
import { thisMachine } from "../../models/runtime/machine.ts";
import { peakMemory, watchDeviceMemory } from "./memory.ts";

const [zero, one] = ["GPU-00000000-aaaa", "GPU-11111111-bbbb"];

/** Makes a machine with two GPUs whose used memory is given, look by look. */
function machineWith(looks: readonly string[], visible?: string) {
  const asked: string[] = [];
  const machine = {
    ...thisMachine(visible === undefined ? {} : { CUDA_VISIBLE_DEVICES: visible }),
    read: async () => undefined,
    list: async () => undefined,
    providers: async () => ["cpu", "cuda"],
    print: async (program: string, args: readonly string[]) => {
      if (program !== "nvidia-smi") return undefined;
      if (args[0]?.includes("driver_version")) return `550.1, 80000, ${zero}, A\n550.1, 80000, ${one}, A\n`;
      return looks[asked.push(program) - 1];
    },
  };
  return machine;
}

describe("peakMemory", () => {
  it("is Linux's mark of this program where there is one, else what all systems tell", async () => {
    const status = "VmPeak:\t  900 kB\nVmHWM:\t  300 kB\nVmRSS:\t  200 kB\n";
    expect(await peakMemory({ read: async () => status }, 5)).toEqual({
      bytes: 300 * 1024,
      source: "VmHWM of the process",
    });
    expect(await peakMemory({ read: async () => undefined }, 5)).toEqual({
      bytes: 5120,
      source: "maxRSS of the process",
    });
  });
});

describe("watchDeviceMemory", () => {
  it("takes the most of its looks, less the first", async () => {
    const memory = await watchDeviceMemory(
      "cuda:1",
      machineWith([`${zero}, 7\n${one}, 100\n`, `${zero}, 9000\n${one}, 900\n`, `${one}, 600\n`]),
    );
    await memory.look();
    await memory.look();
    expect(memory.peak()).toMatchObject({ bytes: 800 * 2 ** 20 });
  });

  it("counts GPUs as CUDA_VISIBLE_DEVICES does, and several together", async () => {
    const looks = [`${zero}, 10\n${one}, 100\n`, `${zero}, 20\n${one}, 400\n`];
    const first = await watchDeviceMemory("cuda:0", machineWith(looks, "1"));
    await first.look();
    expect(first.peak()?.bytes).toBe(300 * 2 ** 20);
    const both = await watchDeviceMemory("cuda:0,1", machineWith(looks));
    await both.look();
    expect(both.peak()?.bytes).toBe(310 * 2 ** 20);
  });

  it("tells nothing of the processor, nor where nvidia-smi does not answer or not with a number", async () => {
    for (const [device, looks] of [
      ["cpu", [`${zero}, 1`]],
      ["cuda:0", []],
      ["cuda:0", [`${zero}, [N/A]`, `${zero}, [N/A]`]],
    ] as const) {
      const memory = await watchDeviceMemory(device, machineWith(looks));
      await memory.look();
      expect(memory.peak()).toBeUndefined();
    }
  });
});
