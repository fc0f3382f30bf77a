import { expect, it } from "vitest";
import { groupPieces } from "./shard-size.ts";

it.each<[string, readonly number[], number, readonly number[]]>([
  ["as many pieces as fit", [0, 10, 20, 30, 40, 45], 20, [0, 20, 40, 45]],
  ["whole pieces, not the size itself", [0, 10, 20, 30], 25, [0, 20, 30]],
  ["a piece that is larger than a shard", [0, 10, 20], 3, [0, 10, 20]],
  ["pieces of unlike sizes", [0, 3, 9, 10, 30, 31], 10, [0, 10, 30, 31]],
  ["none, where the corpus is no larger", [0, 10, 20], 20, [0, 20]],
])("shards take %s", (_, pieces, most, expected) => {
  expect(groupPieces(pieces, most)).toEqual(expected);
});
