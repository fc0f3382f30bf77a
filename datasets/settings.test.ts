import { describe, expect, it } from "vitest";
import { builtins, findBuiltin } from "./builtin.ts";
import { InputError } from "./errors.ts";
import { hubSettings } from "./settings.ts";
import { didYouMean } from "./suggest.ts";

describe("hubSettings", () => {
  const home = { HOME: "/home/u" };
  it.each([
    [home, "/home/u/.cache/huggingface/hub", "/home/u/.cache/huggingface/token"],
    [{ ...home, XDG_CACHE_HOME: "/xdg" }, "/xdg/huggingface/hub", "/xdg/huggingface/token"],
    [{ ...home, XDG_CACHE_HOME: "/xdg", HF_HOME: "/hf" }, "/hf/hub", "/hf/token"],
    [{ ...home, HF_HOME: "~/hf", HF_HUB_CACHE: "/cache" }, "/cache", "/home/u/hf/token"],
    [{ ...home, HF_HUB_CACHE: "~/cache", HF_TOKEN_PATH: "/t" }, "/home/u/cache", "/t"],
    [{ ...home, HF_HUB_CACHE: "", HF_HOME: "" }, "/home/u/.cache/huggingface/hub", "/home/u/.cache/huggingface/token"],
  ])("takes the folders of huggingface_hub: %j", (env, cacheDir, tokenFile) => {
    expect(hubSettings(env)).toEqual({ cacheDir, tokenFile, endpoint: "https://huggingface.co", offline: false });
  });

  it("takes the endpoint and the token", () => {
    const settings = hubSettings({ ...home, HF_ENDPOINT: "http://mirror.example/hf/", HF_TOKEN: " hf_x\n" });
    expect(settings.endpoint).toBe("http://mirror.example/hf");
    expect(settings.token).toBe("hf_x");
  });

  it("knows the spellings of true", () => {
    const offline = (value: string): boolean => hubSettings({ ...home, HF_HUB_OFFLINE: value }).offline;
    expect(["1", "ON", "on", "Yes", "true", "TRUE"].map(offline)).toEqual(Array(6).fill(true));
    expect(["", "0", "off", "no", "false", "2"].map(offline)).toEqual(Array(6).fill(false));
    expect(hubSettings({ ...home, TRANSFORMERS_OFFLINE: "1" }).offline).toBe(true);
  });

  it("refuses an endpoint that is no plain web address, and does not repeat a password", () => {
    expect(() => hubSettings({ HF_ENDPOINT: "hub" })).toThrow(
      new InputError('HF_ENDPOINT is "hub"; expected an address such as https://huggingface.co'),
    );
    expect(() => hubSettings({ HF_ENDPOINT: "https://u:secret@x.y" })).toThrow(
      new InputError("HF_ENDPOINT holds a user name or password; expected a plain address, and a token in HF_TOKEN"),
    );
  });
});

describe("didYouMean", () => {
  it.each([
    ["tset", ["train", "test"], ' (did you mean "test"?)'],
    ["Banking77", ["banking77", "banking"], ' (did you mean "banking77"?)'],
    ["Banking77Clasification", ["Banking77Classification", "STS12"], ' (did you mean "Banking77Classification"?)'],
    ["ab", ["ac", "bb"], ' (did you mean "ac"?)'],
    ["x", ["y"], ""],
    ["en", ["de", "fr"], ""],
    ["anything", [], ""],
    ["completely", ["different"], ""],
  ])("%s of %j", (word, choices, hint) => {
    expect(didYouMean(word, choices)).toBe(hint);
  });
});

describe("what the package carries", () => {
  const table = [{ kind: "dataset", id: "own/set", revision: "abc", folder: "datasets/testing" }] as const;

  it("is found by kind, id and revision, where its folder is there", () => {
    const found = findBuiltin("dataset", "own/set", undefined, table);
    expect(found?.folder).toMatch(/datasets[/\\]testing$/);
    expect(findBuiltin("dataset", "own/set", "abc", table)).toEqual(found);
    expect(found?.revision).toBe("abc");
    expect(findBuiltin("dataset", "own/set", "other", table)).toBeUndefined();
    expect(findBuiltin("model", "own/set", undefined, table)).toBeUndefined();
    expect(findBuiltin("dataset", "own/set", undefined, table, "/nowhere")).toBeUndefined();
    expect(findBuiltin("dataset", "own/set")?.folder).toBeUndefined();
  });

  it("has one entry per id", () => {
    expect(new Set(builtins.map((one) => `${one.kind} ${one.id}`)).size).toBe(builtins.length);
  });
});
