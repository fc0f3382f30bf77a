import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { patientStore } from "./patient-store.ts";

/** Makes a store on a disk that is full while `full`. */
function disk() {
  const state = { full: false, stored: [] as string[], told: [] as string[] };
  const store = patientStore<string>(
    async (value) => {
      if (state.full) throw new InputError("no space");
      state.stored.push(value);
    },
    (value, message) => state.told.push(`${value}: ${message}`),
  );
  return { state, ...store };
}

describe("patientStore", () => {
  it("stores what can be stored at once", async () => {
    const { state, store, finish } = disk();
    await store("a");
    expect([state.stored, await finish(), state.told]).toEqual([["a"], [], []]);
  });

  it("keeps what cannot be stored, tells why once, and stores it with the next that can be", async () => {
    const { state, store, finish } = disk();
    state.full = true;
    await store("a");
    await store("b");
    expect(state.told).toEqual(["a: no space", "b: no space"]);
    state.full = false;
    await store("c");
    expect(state.stored).toEqual(["c", "a", "b"]);
    expect(await finish()).toEqual([]);
    expect(state.stored).toEqual(["c", "a", "b"]);
  });

  it("tries once more at the end, and gives back what is left", async () => {
    const { state, store, finish } = disk();
    state.full = true;
    await store("a");
    expect(await finish()).toEqual(["a"]);
    state.full = false;
    expect(await finish()).toEqual([]);
    expect(state.stored).toEqual(["a"]);
  });

  it("does not hold back an error that is nobody's to put right", async () => {
    const { store } = patientStore<string>(
      () => Promise.reject(new TypeError("bug")),
      () => undefined,
    );
    await expect(store("a")).rejects.toThrow("bug");
  });
});
