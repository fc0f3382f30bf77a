import { describe, expect, it } from "vitest";
import { createEncoder } from "./onnx-encoder.ts";
import type { RunBatch } from "./run-inputs.ts";
import { lettersInfo as info, letters } from "./testing/letters.ts";

const texts = Array.from({ length: 60 }, (_, i) => "x".repeat(1 + (i % 12)) + String(i));

/** Encodes a text as its length and the sum of its letters. */
const vectorsOf: RunBatch = async ({ ids, mask, members, width }) =>
  Float32Array.from(
    members.flatMap((_, row) => {
      const own = ids.subarray(row * width, (row + 1) * width);
      const length = mask.subarray(row * width, (row + 1) * width).reduce((sum, one) => sum + one, 0);
      return [length, own.reduce((sum, id) => sum + id, 0)];
    }),
  );
const expected = texts.flatMap((text) => [
  text.length,
  [...text].reduce((sum, letter) => sum + letter.charCodeAt(0), 0),
]);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("several sessions", () => {
  it("share the batches out among themselves, the faster one taking more, the order kept", async () => {
    const counts = [0, 0];
    const session =
      (place: number, milliseconds: number): RunBatch =>
      async (batch, prompt) => {
        counts[place] = counts[place] + 1;
        await pause(milliseconds);
        return vectorsOf(batch, prompt);
      };
    const encoder = createEncoder(info, letters, 32, [session(0, 20), session(1, 1)], async () => {});
    const { data, rows } = await encoder.encode(texts);
    expect([...data]).toEqual(expected);
    expect(rows).toBe(60);
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBeGreaterThan(2 * counts[0]);
  });

  it("have two batches each at hand, never more", async () => {
    const atHand = [0, 0];
    const most = [0, 0];
    const session =
      (place: number): RunBatch =>
      async (batch, prompt) => {
        atHand[place] = atHand[place] + 1;
        most[place] = Math.max(most[place], atHand[place]);
        await pause(2);
        atHand[place] = atHand[place] - 1;
        return vectorsOf(batch, prompt);
      };
    await createEncoder(info, letters, 16, [session(0), session(1)], async () => {}).encode(texts);
    expect(most).toEqual([2, 2]);
  });

  it("a failure of one ends the work of all, once what is running has ended", async () => {
    let running = 0;
    let begun = 0;
    const healthy: RunBatch = async (batch, prompt) => {
      begun++;
      running++;
      await pause(3);
      running--;
      return vectorsOf(batch, prompt);
    };
    const broken: RunBatch = async () => {
      await pause(1);
      throw new Error("CUDA failure 700: an illegal memory access was encountered");
    };
    const encoder = createEncoder(info, letters, 16, [healthy, broken], async () => {});
    await expect(encoder.encode(texts)).rejects.toThrow("illegal memory access");
    const atFailure = begun;
    await pause(20);
    expect([begun, running]).toEqual([atFailure, 0]);
    expect(begun).toBeLessThan(8);
  });

  it("stop when the signal aborts", async () => {
    const controller = new AbortController();
    const encoder = createEncoder(info, letters, 16, [vectorsOf, vectorsOf], async () => {});
    const onProgress = (): void => controller.abort(new Error("enough"));
    await expect(encoder.encode(texts, { signal: controller.signal, onProgress })).rejects.toThrow("enough");
  });
});

it("an encoder without a session is refused: its vectors would be zeros", () => {
  expect(() => createEncoder(info, letters, 16, [], async () => {})).toThrow(
    `encode: ${info.id} has no session to run in on ${info.device}`,
  );
});

describe("a session with little memory", () => {
  const holding =
    (places: number): RunBatch =>
    async (batch, prompt) => {
      if (batch.ids.length > places) throw new Error("CUDA failure 2: out of memory ; GPU=0");
      return vectorsOf(batch, prompt);
    };

  it.each([14, 40, 100])("of %i places gives the same vectors", async (places) => {
    let done = 0;
    const encoder = createEncoder(info, letters, 4096, [holding(places), vectorsOf], async () => {});
    const { data } = await encoder.encode(texts, { onProgress: (progress) => (done = progress.done) });
    expect([...data]).toEqual(expected);
    expect(done).toBe(60);
  });

  it("tells the length of the text that does not fit", async () => {
    const encoder = createEncoder(info, letters, 4096, [holding(50)], async () => {});
    await expect(encoder.encode(["a", "b".repeat(77)])).rejects.toThrow("encode: a text of 77 tokens does not fit");
  });
});
