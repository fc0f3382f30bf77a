import { expect, it } from "vitest";
import { identityOf } from "./folder.ts";

it("an identity is the same for the same parts, in any order, and another one for any other value", () => {
  const one = identityOf({ id: "a", threads: 1, environment: ["x", "y"] });
  expect(one).toMatch(/^[0-9a-f]{32}$/);
  expect(identityOf({ environment: ["x", "y"], threads: 1, id: "a" })).toBe(one);
  const others = [
    identityOf({ id: "a", threads: "1", environment: ["x", "y"] }),
    identityOf({ id: "a", threads: 2, environment: ["x", "y"] }),
    identityOf({ id: "a", threads: 1, environment: ["xy"] }),
    identityOf({ id: "a", threads: 1 }),
  ];
  expect(new Set([one, ...others]).size).toBe(5);
});
