import { expect, it } from "vitest";
import { all, cases, changed, embed } from "../testing/lora-cases.ts";

it("an adapter whose regular expression never ends is refused", async () => {
  const one = changed(cases["bert, queries and values"], { target_modules: "(([a-z.0-9]+)+)+!" });
  await expect(embed(one, all)).rejects.toThrow(
    'takes more than 3 seconds, the last of them for "encoder.layer.0.attention.self.query"; name the modules one by one',
  );
});
