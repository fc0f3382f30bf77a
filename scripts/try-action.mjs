/**
 * `node scripts/try-action.mjs` runs the shell lines of action.yml as a job of GitHub Actions would: with the files that a
 * job has, inputs put in by its expressions, steps that are left out after a failure, and a server in place of GitHub that
 * keeps comments. A model with noise on its weights is proposed twice, then the model itself. Steps that use other actions
 * are named and not run, and so is the build of the program, which is there, but with --build. Nothing here has spoken to
 * GitHub.
 */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { prepare, root } from "./prepare.mjs";

prepare();
const { inputs: declared, outputs, runs } = parse(readFileSync(join(root, "action.yml"), "utf8"));
const work = mkdtempSync(join(tmpdir(), "pramana-action-"));
const withBuild = process.argv.includes("--build");
const token = "ghs_of-the-trial";

/** Comments on the pull request, as GitHub would have them. */
const comments = [];
const server = createServer(async (request, response) => {
  const body = await text(request);
  const answer = (status, value) => response.writeHead(status).end(JSON.stringify(value));
  if (request.headers.authorization !== `Bearer ${token}`) return answer(401, { message: "no token" });
  if (request.url === "/user") return answer(403, { message: "Resource not accessible by integration" });
  if (request.method === "GET") return answer(200, comments);
  const written = { ...JSON.parse(body), user: { login: "github-actions[bot]", type: "Bot" } };
  if (request.method === "POST") comments.push({ ...written, id: comments.length + 1, edits: 0 });
  else {
    const one = comments.find(({ id }) => request.url.endsWith(`/comments/${id}`));
    Object.assign(one, written, { edits: one.edits + 1 });
  }
  return answer(200, {});
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

/** Computes an expression of GitHub's, as far as action.yml has such: contexts, `==`, `!=`, `&&`, `always()`. */
function compute(expression, contexts, hasFailed) {
  const named = expression.replace(/\b(inputs|steps|github|runner)((?:\.[\w-]+)+)/g, (_, context, path) =>
    path
      .split(".")
      .slice(1)
      .reduce((before, name) => `${before}?.[${JSON.stringify(name)}]`, context),
  );
  const value = new Function(...Object.keys(contexts), "always", `return ${named}`);
  return value(...Object.values(contexts), () => true) ?? (hasFailed === undefined ? "" : false);
}

const fill = (value, contexts) =>
  String(value).replace(/\$\{\{(.*?)\}\}/g, (_, expression) => compute(expression.trim(), contexts));

/** Reads the file of a step's outputs. */
const readOutputs = (file) =>
  Object.fromEntries(
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

/** Runs a shell's lines as GitHub does: `bash --noprofile --norc -eo pipefail`; returns its status and what it wrote. */
function shell(lines, env, cwd) {
  const script = join(work, "step.sh");
  writeFileSync(script, lines);
  return new Promise((resolve) => {
    const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], { cwd, env });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (said += piece));
    child.on("close", (status) => resolve({ status, said }));
  });
}

/** Runs the action with these inputs; returns its outputs and whether it failed. */
async function job(title, given) {
  console.log(`\n== ${title}`);
  const event = join(work, "event.json");
  writeFileSync(event, JSON.stringify({ pull_request: { number: 7 } }));
  const github = { action_path: root, token };
  const runner = { os: "Linux", temp: work };
  const inputs = Object.fromEntries(
    Object.entries(declared).map(([name, one]) => [name, given[name] ?? fill(one.default ?? "", { github })]),
  );
  const contexts = { inputs, github, runner, steps: {} };
  let failed = false;
  for (const [place, step] of runs.steps.entries()) {
    const name = step.name ?? step.uses;
    const isAsked = step.if === undefined ? !failed : compute(step.if, contexts, failed);
    if (!isAsked || (failed && !String(step.if).includes("always()"))) console.log(`-- ${name}: left out`);
    else if (name === "Build Pramana" && !withBuild) console.log(`-- ${name}: left out, it is built`);
    else if (step.uses !== undefined) console.log(`-- ${name}: ${step.uses}, not run here`);
    else {
      const files = ["OUTPUT", "STEP_SUMMARY", "ENV", "PATH"].map((file) => [
        `GITHUB_${file}`,
        join(work, `${place}-${file}`),
      ]);
      for (const [, file] of files) writeFileSync(file, "");
      const own = Object.entries(step.env ?? {}).map(([key, value]) => [key, fill(value, contexts)]);
      const env = {
        ...process.env,
        ...Object.fromEntries([...files, ...own]),
        GITHUB_ACTIONS: "true",
        GITHUB_API_URL: `http://127.0.0.1:${server.address().port}`,
        GITHUB_EVENT_PATH: event,
        GITHUB_JOB: "gate",
        GITHUB_REPOSITORY: "acme/models",
        GITHUB_WORKFLOW: "Model gate",
        RUNNER_TEMP: work,
      };
      const { status, said } = await shell(fill(step.run, contexts), env, work);
      failed ||= status !== 0;
      const [[, output], [, summary]] = files;
      if (step.id) contexts.steps[step.id] = { outputs: readOutputs(output) };
      if (said.includes(token)) throw new Error(`${name}: it prints its token`);
      console.log(`-- ${name}: status ${status}`);
      console.log(
        said
          .split("\n")
          .filter((line) => /^(::|posted|updated|pramana:)/.test(line))
          .join("\n"),
      );
      const size = readFileSync(summary).length;
      if (size > 0) console.log(`   (a summary of ${size} bytes)`);
    }
  }
  const said = Object.entries(outputs).map(([name, { value }]) => `${name}=${fill(value, contexts)}`);
  console.log(`outputs: ${said.join(", ")}`);
  const ran = existsSync(join(work, "pramana-gate/baseline"));
  return { failed, passed: contexts.steps.verdict?.outputs.passed, ran };
}

/** Ends with what is wrong where the trial came out otherwise than it must. */
function expect(condition, what) {
  if (condition) return;
  console.error(`try-action: ${what}`);
  process.exitCode = 1;
}

const sample = join(root, "models/sample");
mkdirSync(join(work, "models"));
cpSync(sample, join(work, "models/same"), { recursive: true });
const noise = [join(root, "scripts/imitate-training.mjs"), sample, join(work, "models"), "1=1.5"];
spawnSync(process.execPath, noise, { stdio: "inherit" });
const asked = { baseline: "pramana/static-minilm-128", benchmark: "pramana-mini", options: "--threads 1\n--no-cache" };

const worse = await job("a worse model", { ...asked, model: "./models/checkpoint-1" });
expect(worse.failed && worse.passed === "false", "a worse model passed");
expect(comments.length === 1 && comments[0].edits === 0, "there is not one comment");
const again = await job("it again, by the names of tasks", {
  ...asked,
  benchmark: "",
  tasks: "MiniSTS",
  model: "./models/checkpoint-1",
});
expect(again.failed && comments.length === 1 && comments[0].edits === 1, "the comment was not updated");
const same = await job("the same model in a folder", { ...asked, model: "./models/same" });
expect(!same.failed && same.passed === "true", "the same model did not pass");
expect(comments[0].body.includes("Gate passed"), "the comment is not of the last run");
const sooner = await job("a worse model, stopped when that is sure", {
  ...asked,
  benchmark: "",
  tasks: "MiniSTS,MiniClassification",
  model: "./models/checkpoint-1",
  rules: "overall < -1 # a comment\n\nSTS < -1",
  "stop-when-sure": "0.05",
});
expect(sooner.failed && sooner.passed === "false", "a worse model passed when it was stopped early");
expect(/stopped early/.test(comments.at(-1).body), "the comment does not say that it was stopped early");
const typo = await job("a rule with a typo", { ...asked, model: "./models/same", rules: "overal < -0.2" });
expect(typo.failed && typo.passed === undefined, "a rule with a typo went through");
expect(!typo.ran, "a rule with a typo was found after a run");
const nothing = await job("no tasks", { ...asked, benchmark: "", model: "./models/same" });
expect(nothing.failed, "no tasks went through");
server.close();
rmSync(work, { recursive: true, force: true });
