import { expect, it } from "vitest";
import "./vitest.ts";
it("x", async () => {
  await expect("pramana/static-minilm-128").toScoreAtLeast("MiniSTS", 0.7);
  await expect("pramana/static-minilm-128").toScoreAtLeast("MiniSTS", 0.72);
});
it("y", async () => {
  await expect("pramana/static-minilm-128").not.toScoreAtLeast("MiniSTS", 0.71);
});
