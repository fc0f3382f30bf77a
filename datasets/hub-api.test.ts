import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { goodToken } from "./testing/hub-server.ts";
import { files, messageFrom, second, useHub } from "./testing/hub-world.ts";

const hub = useHub();
const all = Object.keys(files).sort();

describe("the pages of a list of files", () => {
  it.each<[string, (next: URL) => string | string[]]>([
    ["as the Hub writes it", ({ href }) => `<${href}>; rel="next"`],
    ["relative", ({ pathname, search }) => `<${pathname}${search}>; rel="next"`],
    ["a query alone", ({ search }) => `<${search}>;rel="next"`],
    ["without quotes", ({ href }) => `<${href}>;REL=NEXT`],
    ["one of several", ({ href }) => `<${href}&x=1>; rel="first prev", <${href}>; title=", <x>"; rel="up next"`],
    ["in a header of its own", ({ href }) => [`<${href}&x=1>; rel="last"`, `<${href}>; rel="next"`]],
  ])("are followed by a link %s", async (_, link) => {
    hub.server.faults.link = link;
    expect(await (await hub.open()).files()).toEqual(all);
  });

  const refused = `dataset org/set cannot be read: `;
  it.each<[string, (next: URL) => string, string]>([
    [
      "to another host",
      ({ search }) => `<http://localhost:1${search}>; rel=next`,
      "lies at another address, http://localhost:1",
    ],
    [
      "to another port",
      ({ search }) => `<//127.0.0.1:1${search}>; rel=next`,
      "lies at another address, http://127.0.0.1:1",
    ],
    ["to the same page", (next) => `<${next.href.replace(/&cursor.*/, "")}>; rel=next`, "go round in a circle"],
    ["that is damaged", ({ href }) => `<${href}; rel=next`, "its header Link has no link"],
    ["that is lost", () => "", "its list of 1 files lacks data/test-00000"],
  ])("are an error with a link %s", async (_, link, reason) => {
    hub.server.faults.link = link;
    const message = await messageFrom((await hub.open({ token: goodToken })).files());
    expect(message).toContain(refused);
    expect(message).toContain(reason);
    expect(hub.server.requests.every(({ server }) => server === "hub")).toBe(true);
    hub.server.faults.link = ({ href }) => `<${href}>; rel=next`;
    expect(await (await hub.open()).files()).toEqual(all);
  });

  it("end somewhere", async () => {
    let pages = 0;
    const fetch: typeof globalThis.fetch = async (input) => {
      const url = new URL(String(input));
      url.searchParams.set("cursor", String(pages++));
      return Response.json([], { headers: { link: `<${url.href}>; rel="next"` } });
    };
    expect(await messageFrom((await hub.open({ fetch })).files())).toContain("has more than 2000 pages");
  });

  it("are asked for again where a list without a version was kept, which may end with its first page", async () => {
    const listing = join(hub.repository, "listings", `${second}.json`);
    await (await hub.open()).files();
    const kept = JSON.parse(readFileSync(listing, "utf8"));
    writeFileSync(listing, JSON.stringify(kept.files.slice(0, 3)));
    expect(await (await hub.open()).files()).toEqual(all);
  });
});
