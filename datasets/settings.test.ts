import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { builtins, findBuiltin } from "./builtin.ts";
import { InputError } from "./errors.ts";
import { hubSettings, ownCacheFolder } from "./settings.ts";
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
    [{ ...home, HUGGINGFACE_HUB_CACHE: "/old" }, "/old", "/home/u/.cache/huggingface/token"],
    [{ ...home, HUGGINGFACE_HUB_CACHE: "/old", HF_HUB_CACHE: "/new" }, "/new", "/home/u/.cache/huggingface/token"],
    [{ ...home, HF_HOME: "$HOME/hf" }, "/home/u/hf/hub", "/home/u/hf/token"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is how a shell spells a variable
    [{ ...home, SCRATCH: "/s", HF_HOME: "${SCRATCH}/hf", HF_TOKEN_PATH: "$SCRATCH/t" }, "/s/hf/hub", "/s/t"],
    [{ ...home, HF_HOME: "/a/$NONE/~" }, "/a/$NONE/~/hub", "/a/$NONE/~/token"],
  ])("takes the folders of huggingface_hub: %j", (env: Record<string, string>, cacheDir, tokenFile) => {
    const { checkedDir: _checkedDir, ...settings } = hubSettings(env);
    expect(settings).toEqual({ cacheDir, tokenFile, endpoint: "https://huggingface.co", offline: false });
  });

  it.each([
    [{ HOME: "/home/u" }, "/home/u/.cache/pramana"],
    [{ HOME: "/home/u", XDG_CACHE_HOME: "/scratch" }, "/scratch/pramana"],
    [{ HOME: "/home/u", XDG_CACHE_HOME: "/scratch", PRAMANA_CACHE: "/vectors" }, "/vectors"],
    [{ HOME: "/home/u", XDG_CACHE_HOME: "", PRAMANA_CACHE: "~/vectors" }, "/home/u/vectors"],
    [{}, join(homedir(), ".cache/pramana")],
  ])("%j has the cache of our own at %s", (env, folder) => {
    expect(ownCacheFolder(env)).toBe(folder);
    expect(hubSettings(env).checkedDir).toBe(join(folder, "checked"));
  });

  it("takes the times that answers and downloads may take", () => {
    const times = (env: Record<string, string>): unknown[] => {
      const { answerTimeout, downloadTimeout } = hubSettings(env);
      return [answerTimeout, downloadTimeout];
    };
    expect(times({})).toEqual([undefined, undefined]);
    expect(times({ HF_HUB_ETAG_TIMEOUT: "30" })).toEqual([30_000, undefined]);
    expect(times({ HF_HUB_DOWNLOAD_TIMEOUT: "120" })).toEqual([120_000, 120_000]);
    expect(times({ HF_HUB_DOWNLOAD_TIMEOUT: "120", HF_HUB_ETAG_TIMEOUT: "5" })).toEqual([5000, 120_000]);
    expect(times({ HF_HUB_DOWNLOAD_TIMEOUT: "0", HF_HUB_ETAG_TIMEOUT: "" })).toEqual([undefined, undefined]);
    expect(() => times({ HF_HUB_ETAG_TIMEOUT: "10s" })).toThrow('HF_HUB_ETAG_TIMEOUT is "10s"; expected whole seconds');
  });

  it("sends no token that was not asked for where that is switched off", () => {
    const env = { ...home, HF_TOKEN: "hf_x", HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" };
    expect(hubSettings(env)).not.toHaveProperty("token");
    expect(hubSettings(env)).not.toHaveProperty("tokenFile");
    expect(hubSettings({ ...env, HF_HUB_DISABLE_IMPLICIT_TOKEN: "0" }).token).toBe("hf_x");
    expect(hubSettings({ HUGGING_FACE_HUB_TOKEN: "hf_old" }).token).toBe("hf_old");
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
