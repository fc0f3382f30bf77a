import { expect, it } from "vitest";
import { putComment } from "./github-comment.ts";
import type { Service } from "./service.ts";
import { type Answer, type Heard, listen } from "./testing/listening.ts";

const marker = "<!-- pramana compare 0123456789ab -->";
const service: Service = {
  name: "github",
  headers: { authorization: "Bearer t" },
  secrets: ["t"],
  fetch: globalThis.fetch,
  signal: new AbortController().signal,
  wait: async () => undefined,
};
const comment = (id: number, body: string, login = "github-actions[bot]", type = "Bot") => ({
  id,
  body,
  user: { login, type },
});

/** A GitHub with these comments on pull request 7. */
const github = (comments: readonly object[], user: Answer = { status: 403 }) =>
  listen(({ method, path }: Heard) => {
    const { pathname, searchParams } = new URL(path, "http://127.0.0.1");
    if (pathname === "/user") return user;
    if (method === "PATCH" && /^\/repos\/o\/r\/issues\/comments\/\d+$/.test(pathname)) return { body: { id: 1 } };
    if (pathname !== "/repos/o/r/issues/7/comments") return undefined;
    const [page, size] = [Number(searchParams.get("page")), Number(searchParams.get("per_page"))];
    return method === "POST" ? { status: 201 } : { body: comments.slice((page - 1) * size, page * size) };
  });

const put = ({ url }: { url: string }) =>
  putComment(service, { api: url, repository: "o/r", number: 7 }, marker, `${marker}\nnew`);
const written = (heard: readonly Heard[]) => heard.filter(({ method }) => method !== "GET");

it("posts a comment where there is none, though others quote its marker or write it themselves", async () => {
  const server = await github([
    comment(1, "hello"),
    comment(2, `> ${marker}`),
    comment(3, `${marker}\nforged`, "eve", "User"),
  ]);
  expect(await put(server)).toBe("posted");
  expect(written(server.heard)).toMatchObject([
    { method: "POST", path: "/repos/o/r/issues/7/comments", body: { body: `${marker}\nnew` } },
  ]);
});

it("updates its comment, on whatever page it stands", async () => {
  const others = Array.from({ length: 250 }, (_, i) => comment(i + 1, "hello", "someone", "User"));
  const server = await github([...others, comment(900, `${marker}\nold`)]);
  expect(await put(server)).toBe("updated");
  expect(written(server.heard)).toMatchObject([
    { method: "PATCH", path: "/repos/o/r/issues/comments/900", body: { body: `${marker}\nnew` } },
  ]);
});

it("knows the comment of a user's token by the user's name", async () => {
  const both = [comment(1, `${marker}\nof a bot`), comment(2, `${marker}\nold`, "alice", "User")];
  const server = await github(both, { body: { login: "alice" } });
  expect(await put(server)).toBe("updated");
  expect(written(server.heard)[0]?.path).toBe("/repos/o/r/issues/comments/2");
});

it("does not send a new comment twice, which would stand there twice", async () => {
  const server = await listen(({ method, path }) => {
    if (method === "POST") return { status: 502 };
    return path === "/user" ? { status: 403 } : { body: [] };
  });
  await expect(put(server)).rejects.toThrow("github: it answered 502");
  expect(written(server.heard)).toHaveLength(1);
});
