import { describe, expect, it } from "vitest";
import { fingerprintOf, type ListedFolder } from "./listing.ts";
import { type WatchPace, type WatchWorld, watchFolder } from "./loop.ts";

const checkpoint = (name: string, size = 10): ListedFolder => ({
  name,
  files: ["config.json", "model.safetensors"].map((path) => ({ path, size, changed: 1 })),
});

class Stop extends Error {}

/** Makes a world in which nobody waits: it has the folders of each time, and a clock that sleep moves on until it ends. */
function worldOf(
  there: (now: number) => readonly ListedFolder[],
  { end = 1000, ...more }: Partial<WatchWorld> & { end?: number } = {},
) {
  let now = 0;
  const told: string[] = [];
  const evaluated: string[] = [];
  const world: WatchWorld = {
    look: async () => there(now),
    faultOf: async () => undefined,
    isKnown: () => false,
    evaluate: async ({ name }) => {
      evaluated.push(`${name} at ${now}`);
      return "go on";
    },
    tell: (text) => void told.push(`${text} (${now})`),
    now: () => now,
    sleep: async (seconds) => {
      now += seconds;
      if (now >= end) throw new Stop();
    },
    ...more,
  };
  const pass = (seconds: number): void => {
    now += seconds;
  };
  return { world, told, evaluated, pass };
}

const pace: WatchPace = { every: 10, settle: 5, once: false };
const once: WatchPace = { ...pace, once: true };

describe("watchFolder", () => {
  it("evaluates what comes, each once, in order, when its files rest", async () => {
    const { world, evaluated, told } = worldOf((now) => [
      ...(now >= 20 ? [checkpoint("checkpoint-1000", now < 50 ? now : 50)] : []),
      checkpoint("checkpoint-500"),
    ]);
    await expect(watchFolder(world, pace)).rejects.toThrow(Stop);
    expect(evaluated).toEqual(["checkpoint-500 at 10", "checkpoint-1000 at 60"]);
    expect(told).toEqual([]);
  });

  it("tries again after a minute what could not be stored, and goes on with once", async () => {
    const tries: number[] = [];
    const { world } = worldOf(() => [checkpoint("checkpoint-1")], {
      evaluate: async () => (tries.push(world.now()) < 3 ? "again" : "go on"),
    });
    await expect(watchFolder(world, pace)).rejects.toThrow(Stop);
    expect(tries).toEqual([10, 70, 130]);
    tries.length = 0;
    const { world: short } = worldOf(() => [checkpoint("checkpoint-1")], {
      evaluate: async () => (tries.push(0) > 0 ? "again" : "go on"),
    });
    await watchFolder(short, once);
    expect(tries).toEqual([0]);
  });

  it("with once, waits for the settle time and ends, and says what is not complete", async () => {
    const growing = (now: number) => checkpoint("checkpoint-3", 10 + now);
    const { world, evaluated, told } = worldOf((now) => [
      checkpoint("checkpoint-20"),
      checkpoint("checkpoint-1"),
      growing(now),
    ]);
    await watchFolder(world, once);
    expect(evaluated).toEqual(["checkpoint-1 at 5", "checkpoint-20 at 5"]);
    expect(told).toEqual(["checkpoint-3 waits: its files have rested for less than 5 s (5)"]);
  });

  it("with once, ends at once where there is nothing to do", async () => {
    const known = worldOf(() => [checkpoint("checkpoint-1")], { isKnown: () => true });
    await watchFolder(known.world, once);
    const empty = worldOf(() => []);
    await watchFolder(empty.world, once);
    expect([known.evaluated, known.world.now(), empty.world.now()]).toEqual([[], 0, 0]);
  });

  it("tells a long wait once for each reason, and goes on when it is over", async () => {
    const names = (now: number) => (now < 200 ? ["config.json"] : ["config.json", "model.safetensors"]);
    const { world, evaluated, told } = worldOf((now) => [
      { name: "checkpoint-1", files: names(now).map((path) => ({ path, size: 1, changed: 1 })) },
    ]);
    await expect(watchFolder(world, pace)).rejects.toThrow(Stop);
    expect(told).toEqual([
      "checkpoint-1 waits: it has no weights yet (safetensors, pytorch_model.bin, or onnx/model.onnx) (60)",
    ]);
    expect(evaluated).toEqual(["checkpoint-1 at 210"]);
  });

  it("looks into files once as they are; a damaged one is told once and tried again when it changes", async () => {
    let looks = 0;
    const { world, evaluated, told } = worldOf((now) => [checkpoint("checkpoint-1", now < 300 ? 5 : 6)], {
      faultOf: async ({ files }) => {
        looks++;
        return files[0]?.size === 5 ? "model.safetensors is not whole" : undefined;
      },
    });
    await expect(watchFolder(world, pace)).rejects.toThrow(Stop);
    expect(told).toEqual(["checkpoint-1 waits: model.safetensors is not whole (60)"]);
    expect([evaluated, looks]).toEqual([["checkpoint-1 at 310"], 2]);
  });

  it("tells once of one that grows for long", async () => {
    const { world, told } = worldOf((now) => [checkpoint("checkpoint-1", 10 + now)]);
    await expect(watchFolder(world, pace)).rejects.toThrow(Stop);
    expect(told).toEqual(["checkpoint-1 waits: its files have rested for less than 5 s (60)"]);
  });

  it("evaluates again what changed after it was evaluated, and nothing else", async () => {
    const { world, evaluated } = worldOf((now) => [checkpoint("checkpoint-1"), checkpoint("last", now < 100 ? 1 : 2)]);
    await expect(watchFolder(world, pace)).rejects.toThrow(Stop);
    expect(evaluated).toEqual(["checkpoint-1 at 10", "last at 10", "last at 110"]);
  });

  it("tells those that vanish while they wait, and passes over them", async () => {
    const { world, evaluated, told, pass } = worldOf((now) => [
      ...(now < 30 ? [checkpoint("checkpoint-1"), checkpoint("checkpoint-2")] : []),
      checkpoint("checkpoint-3"),
    ]);
    const slow: WatchWorld = {
      ...world,
      evaluate: async (folder, fingerprint) => {
        expect(fingerprint).toBe(fingerprintOf(folder));
        pass(25);
        return world.evaluate(folder, fingerprint);
      },
    };
    await expect(watchFolder(slow, pace)).rejects.toThrow(Stop);
    expect(evaluated).toEqual(["checkpoint-1 at 35", "checkpoint-3 at 60"]);
    expect(told).toEqual(["checkpoint-2 vanished before it was evaluated; passed over (35)"]);
  });

  it("ends where an evaluation says so", async () => {
    const { world, evaluated } = worldOf(() => [checkpoint("checkpoint-1"), checkpoint("checkpoint-2")]);
    const evaluate: WatchWorld["evaluate"] = async (...of) => {
      await world.evaluate(...of);
      return "stop";
    };
    await watchFolder({ ...world, evaluate }, pace);
    expect(evaluated).toEqual(["checkpoint-1 at 10"]);
  });
});
