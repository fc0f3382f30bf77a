import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { fetchBy, proxiedFetch, proxiesOf } from "./proxy.ts";
import { hubSettings } from "./settings.ts";
import { messageFrom, useHub } from "./testing/hub-world.ts";

const hub = useHub();

describe("the proxy of an address", () => {
  const proxy = "http://proxy:3128";
  const [hubAddress, plain] = ["https://huggingface.co/api", "http://localhost:8080/api"];
  it.each([
    [{}, hubAddress, undefined],
    [{ HTTPS_PROXY: proxy }, hubAddress, proxy],
    [{ https_proxy: proxy, HTTPS_PROXY: "http://other" }, hubAddress, proxy],
    [{ HTTPS_PROXY: "proxy:3128" }, hubAddress, proxy],
    [{ HTTPS_PROXY: proxy }, plain, undefined],
    [{ HTTP_PROXY: proxy }, plain, proxy],
    [{ HTTP_PROXY: proxy }, hubAddress, undefined],
    [{ ALL_PROXY: proxy }, hubAddress, proxy],
    [{ all_proxy: proxy }, plain, proxy],
    [{ ALL_PROXY: "http://other", HTTPS_PROXY: proxy }, hubAddress, proxy],
    [{ HTTPS_PROXY: "" }, hubAddress, undefined],
    [{ ALL_PROXY: proxy, NO_PROXY: "*" }, hubAddress, undefined],
    [{ ALL_PROXY: proxy, no_proxy: "a.example, HuggingFace.co" }, hubAddress, undefined],
    [{ ALL_PROXY: proxy, NO_PROXY: "huggingface.co" }, "https://cdn.huggingface.co/x", undefined],
    [{ ALL_PROXY: proxy, NO_PROXY: "huggingface.co" }, "https://nohuggingface.co/x", proxy],
    [{ ALL_PROXY: proxy, NO_PROXY: ".huggingface.co" }, "https://cdn.huggingface.co/x", undefined],
    [{ ALL_PROXY: proxy, NO_PROXY: ".huggingface.co" }, hubAddress, proxy],
    [{ ALL_PROXY: proxy, NO_PROXY: "localhost" }, plain, undefined],
    [{ ALL_PROXY: proxy, NO_PROXY: "localhost:8080" }, plain, undefined],
    [{ ALL_PROXY: proxy, NO_PROXY: "localhost:9090" }, plain, proxy],
    [{ ALL_PROXY: proxy, NO_PROXY: "127.0.0.1,::1" }, "http://[::1]:80/", undefined],
    [{ ALL_PROXY: proxy, NO_PROXY: "127.0.0.1" }, "http://127.0.0.1:8080/", undefined],
    [{ ALL_PROXY: proxy, NO_PROXY: "http://localhost:8080" }, plain, undefined],
  ])("%j: %s goes to %s", (env: Record<string, string>, address, expected) => {
    expect(proxiesOf(env)?.(new URL(address))).toBe(expected);
  });

  it.each(["socks5://proxy:1080", "http://", "ftp://x"])("refuses %s", (address) => {
    expect(() => hubSettings({ HTTPS_PROXY: address })).toThrow("HTTPS_PROXY is");
  });

  it("does not repeat a password", () => {
    expect(() => hubSettings({ HTTPS_PROXY: "socks5://u:secret@proxy:1" })).toThrow(
      'HTTPS_PROXY is "socks5://…@proxy:1"',
    );
  });
});

/** Runs with a proxy that notes the first line of each request and forwards nothing. */
async function withProxy(use: (address: string, seen: string[]) => Promise<void>): Promise<void> {
  const seen: string[] = [];
  const proxy = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
    response.writeHead(502).end();
  });
  proxy.on("connect", (request, socket) => {
    seen.push(`CONNECT ${request.url}`);
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  try {
    await use(`127.0.0.1:${(proxy.address() as AddressInfo).port}`, seen);
  } finally {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  }
}

describe("requests", () => {
  it("go through the proxy, which messages name", async () => {
    await withProxy(async (address, seen) => {
      const proxyFor = proxiesOf({ HTTP_PROXY: `http://me:pass@${address}` });
      const message = await messageFrom(hub.open({ proxyFor }, "main"));
      expect(message).toContain(
        `answered 502 5 times when asked for dataset org/set at revision main through the proxy ${address}`,
      );
      expect(message).not.toContain("pass");
      expect(seen).toHaveLength(5);
      const url = `${hub.server.endpoint}/api/datasets/org/set/revision/main?expand=sha`;
      expect(seen[0]).toBe(`GET ${url} Basic ${Buffer.from("me:pass").toString("base64")}`);
      expect(hub.server.requests).toEqual([]);
    });
  });

  it("to https ask the proxy for a connection", async () => {
    await withProxy(async (address, seen) => {
      const proxyFor = proxiesOf({ https_proxy: address });
      const message = await messageFrom(hub.open({ proxyFor, endpoint: "https://hub.invalid" }, "main"));
      expect(message).toContain(`hub.invalid could not be reached through the proxy ${address} (`);
      expect(seen).toContain("CONNECT hub.invalid:443");
    });
  });

  it("to other servers go through it, too", async () => {
    await withProxy(async (address, seen) => {
      const fetch = proxiedFetch({ HTTP_PROXY: address, NO_PROXY: "127.0.0.1" });
      expect((await fetch("http://raw.example/x")).status).toBe(502);
      expect((await fetch(`${hub.server.endpoint}/x`)).status).not.toBe(502);
      expect(seen).toEqual(["GET http://raw.example/x"]);
    });
  });

  it("are Node's own without a proxy", async () => expect(await fetchBy(undefined)).toBe(globalThis.fetch));
});
