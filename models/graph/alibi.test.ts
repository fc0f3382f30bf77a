import { expect, it } from "vitest";
import { slopesOf } from "./alibi.ts";

/** By Press et al. 2022, section 3: powers of 2^(-8/n); between them for other numbers of heads. */
it.each([
  [1, [2 ** -8]],
  [2, [2 ** -4, 2 ** -8]],
  [3, [2 ** -4, 2 ** -8, 2 ** -2]],
  [8, [1, 2, 3, 4, 5, 6, 7, 8].map((power) => 2 ** -power)],
  [12, [1, 2, 3, 4, 5, 6, 7, 8, 0.5, 1.5, 2.5, 3.5].map((power) => 2 ** -power)],
])("%i heads", (heads, slopes) => expect(slopesOf(heads)).toEqual(slopes));
