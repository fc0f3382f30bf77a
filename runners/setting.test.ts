import { describe, expect, it } from "vitest";
import { InputError } from "../datasets/errors.ts";
import { checkSetting, countable, oneOf, positive } from "./setting.ts";

describe("the value of a setting", () => {
  it.each([
    [positive, 1],
    [positive, Number.MAX_SAFE_INTEGER],
    [countable, 0],
    [oneOf(["a", "b"]), "b"],
    [positive, undefined],
  ])("%j takes %j", (setting, value) => {
    expect(() => checkSetting("it", value, setting)).not.toThrow();
  });

  it.each([
    [positive, 0, "it: 0 is given; expected a whole number above 0"],
    [positive, 1.5, "it: 1.5 is given; expected a whole number above 0"],
    [positive, "4", 'it: "4" is given; expected a whole number above 0'],
    [positive, null, "it: null is given; expected a whole number above 0"],
    [countable, -1, "it: -1 is given; expected a whole number, 0 or above"],
    [countable, 2 ** 53, "it: 9007199254740992 is given; expected a whole number, 0 or above"],
    [oneOf(["abc", "xyz"]), "abd", 'it: "abd" is unknown (did you mean "abc"?); expected one of abc, xyz'],
    [oneOf(["abc", "xyz"]), 3, "it: 3 is unknown; expected one of abc, xyz"],
  ])("%j refuses %j", (setting, value, message) => {
    expect(() => checkSetting("it", value, setting)).toThrow(new InputError(message));
  });
});
