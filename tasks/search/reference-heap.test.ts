import { describe, expect, it } from "vitest";
import { openReferenceHeap, placesInHeap } from "./reference-heap.ts";

const hitsOf = (rows: number[], scores: number[]) => ({
  rows: Int32Array.from(rows),
  scores: Float32Array.from(scores),
});

describe("the reference's heap", () => {
  it("holds hits that come best first in the order of heapq's list", () => {
    // CPython: heap = []; [heappush(heap, -place) for place in range(10)]; [-x for x in heap].
    expect([...placesInHeap(10)]).toEqual([9, 8, 5, 6, 7, 1, 4, 0, 3, 2]);
    expect([...placesInHeap(0)]).toEqual([]);
  });

  // CPython: heap = []; [heappush(heap, x) for x in …] gives [1, 2, 4, 5, 3].
  it("keeps of an id the hit that lies last in heapq's list", () => {
    const ids = ["a", "b", "c", "a", "d"];
    const heap = openReferenceHeap(5, ids, Int32Array.of(3, 1, 2, 3, 4));
    heap.push(hitsOf([0, 1, 2, 3, 4], [5, 4, 3, 2, 1]));
    // The list is d, a (of row 3), b, a (of row 0), c.
    expect(heap.hits()).toEqual(hitsOf([4, 3, 1, 2], [1, 5, 4, 3]));
  });

  it("keeps the best, and of equal ones those with the greatest ids", () => {
    const heap = openReferenceHeap(2, ["a", "b", "c", "d"], Int32Array.of(0, 1, 2, 3));
    heap.push(hitsOf([0, 1], [1, 1]));
    heap.push(hitsOf([3, 2], [1, 0.5]));
    expect([...heap.hits().rows].sort()).toEqual([1, 3]);
  });
});
