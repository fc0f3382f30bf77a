import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { UsageError } from "../../datasets/errors.ts";
import { openStore } from "../store/index.ts";
import { chooseHardware, fromJob, hardwareHere, queueName, readQueueName, storeId, toJob } from "./hardware.ts";
import { queued } from "./testing/units.ts";
import { idOf, readUnit } from "./unit.ts";

const newStore = () => openStore(mkdtempSync(join(tmpdir(), "pramana-store-")), { env: {}, now: () => 0 });
const { hardware: _, ...setting } = queued().setting;
const cpu = { device: "cpu" } as const;

it("a run is for the hardware that has workers, and stays with it whoever comes later", async () => {
  const store = newStore();
  const choose = (staff: Readonly<Record<string, number>>, hardware?: string, from = setting) =>
    chooseHardware(from, { ...cpu, hardware }, new Map(Object.entries(staff)), store, {});
  expect(await choose({ "cpu-a": 2, "cpu-gone": 0, "cuda-b": 1 })).toBe("cpu-a");
  expect(await choose({ "cpu-other": 2 })).toBe("cpu-a");
  expect(await choose({ "cpu-a": 1, "cpu-other": 2 })).toBe("cpu-a");
  expect(await choose({}, "cpu-other")).toBe("cpu-other");
  expect(await choose({ "cpu-other": 1 }, undefined, { ...setting, limit: 5 })).toBe("cpu-other");
});

it("of several kinds with workers, none is taken by chance", async () => {
  const choose = chooseHardware(
    setting,
    cpu,
    new Map([
      ["cpu-a", 1],
      ["cpu-b", 2],
    ]),
    newStore(),
    {},
  );
  await expect(choose).rejects.toThrow(UsageError);
  await expect(choose).rejects.toThrow(/2 kinds of hardware .*: cpu-a, cpu-b; name one of them with --hardware/);
});

it("where there are no workers yet, it is that of this machine, if it has the device", async () => {
  const none = new Map<string, number>();
  expect(await chooseHardware(setting, cpu, none, newStore(), {})).toBe(await hardwareHere("cpu", {}));
  expect(await hardwareHere("cpu", {})).toMatch(/^cpu-[\w.]+-[\w.-]+-ONNX-Runtime-[\d.]+$/);
});

it("a store keeps its id, and a queue's name says what it is for", async () => {
  const store = newStore();
  const id = await storeId(store);
  expect(await storeId(store)).toBe(id);
  expect(await storeId(newStore())).not.toBe(id);
  expect(readQueueName(queueName("0.1.0", "cpu-a", id))).toEqual({ pramana: "0.1.0", hardware: "cpu-a", store: id });
});

it("a server is not told of a unit what its queue's name says, and a unit of another queue is none", () => {
  const { setting: own } = queued();
  const name = queueName(own.pramana, own.hardware, "0123456789ab");
  const job = JSON.parse(JSON.stringify(toJob(queued())));
  expect(JSON.stringify(job)).not.toMatch(/hardware|pramana/);
  expect(readUnit(fromJob(job, name), idOf(queued()))).toEqual(queued());
  const other = queueName(own.pramana, "cpu-other", "0123456789ab");
  expect(() => readUnit(fromJob(job, other), idOf(queued()))).toThrow(/its id is not the hash of what it says/);
  for (const data of [null, "x", { setting: 1 }]) expect(fromJob(data, name)).toBe(data);
});
