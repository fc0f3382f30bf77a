import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const cwd = mkdtempSync(join(tmpdir(), "pramana-secrets-"));
const secrets = {
  HF_TOKEN: "hf_verysecrettoken",
  PRAMANA_API_KEY: "sk-verysecretkey",
  OPENAI_API_KEY: "sk-secretopenaikey",
};
const password = "verysecretpassword";

let server: Server;
let origin: string;
const seen: (string | undefined)[] = [];
beforeAll(async () => {
  // It repeats whatever it was sent, as servers do that report errors in full.
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    seen.push(request.headers.authorization);
    const refused = JSON.stringify({ error: `refused: ${request.headers.authorization} ${request.url}\u001b[2J` });
    const status = request.url?.includes("redirect") ? 307 : request.url?.includes("whole") ? 200 : 400;
    response.writeHead(status, {
      "content-type": "application/json",
      location: `/other?${request.headers.authorization}`,
    });
    response.end(refused);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

async function everythingSaid(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const own = { PATH: process.env["PATH"], HF_HOME: join(cwd, "hf"), HF_ENDPOINT: origin, ...secrets, ...env };
  const child = spawn(process.execPath, [cli, ...args], { cwd, env: own });
  child.stdin.end('["a"]');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return out + err;
}
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile());

it("no token, key or password is in what a failing command says or leaves", async () => {
  const commands: readonly (readonly [string[], Record<string, string>?])[] = [
    [["embed", "--model", `${origin}/v1#m`]],
    [["embed", "--model", `${origin}/whole/v1#m`]],
    [["embed", "--model", `${origin}/redirect/v1?key=${password}#m`]],
    [["run", "--model", `http://me:${password}@127.0.0.1:9/v1#m`, "--tasks", "STS12"]],
    [["embed", "--model", `ftp://me:${password}@host/x`]],
    [["embed", "--model", "org/private"]],
    [["embed", "--model", "org/private"], { HF_ENDPOINT: `http://me:${password}@127.0.0.1:9` }],
    [["embed", "--model", "org/private"], { HF_ENDPOINT: `me:${password}@host` }],
    [["embed", "--model", "org/private"], { HF_TOKEN: `${secrets.HF_TOKEN} é` }],
    [["embed", "--model", `${origin}/v1#m`], { PRAMANA_API_KEY: `${secrets.PRAMANA_API_KEY} é` }],
  ];
  const said = await Promise.all(commands.map(([args, env]) => everythingSaid(args, env)));
  expect(said.map((one) => one.split("\n").filter((line) => line.startsWith("pramana: ")).length)).toEqual(
    commands.map(() => 1),
  );
  expect(seen).toContain(`Bearer ${secrets.PRAMANA_API_KEY}`);
  expect(seen).toContain(`Bearer ${secrets.HF_TOKEN}`);
  const left = filesBelow(cwd).map((path) => path + readFileSync(path, "latin1"));
  for (const words of [...said, ...left]) {
    expect(["verysecret", "secretopenai", "\u001b[2J"].filter((secret) => words.includes(secret))).toEqual([]);
  }
}, 60_000);

it("no name of a file moves the cursor", async () => {
  const results = mkdtempSync(join(tmpdir(), "pramana-names-"));
  writeFileSync(join(results, "a\u001b[2J\u202e.json"), "{}");
  const said = await everythingSaid(["leaderboard", "--results", results]);
  expect(said).toContain(`skipped ${results}/a [2J .json: it does not lie at ORG__MODEL/REVISION/TASK.json\n`);
}, 60_000);
