import { describe, expect, it } from "vitest";
import { signedPoints } from "./wording.ts";

describe("signedPoints", () => {
  it("has its sign, but none of zero", () => {
    expect([0.0123, -0.0123, 0.00001, -0.00001, 0].map(signedPoints)).toEqual([
      "+1.23",
      "−1.23",
      "0.00",
      "0.00",
      "0.00",
    ]);
  });
});
