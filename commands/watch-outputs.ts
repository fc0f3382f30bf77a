import { type SpawnOptions, spawn } from "node:child_process";
import { appendFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { InputError, messageOf, UsageError } from "../datasets/errors.ts";
import { makeFolders } from "../datasets/folder.ts";
import { proxiedFetch } from "../datasets/proxy.ts";
import { dropLines } from "../reports/watch/lines.ts";
import { metricsOf, newsOf } from "../reports/watch/news.ts";
import { eventRecord, headRecord } from "../runners/outbound/event-file.ts";
import { openMlflow } from "../runners/outbound/mlflow.ts";
import { type Service, send } from "../runners/outbound/service.ts";
import { hasStandingDrop, type WatchEntry } from "../runners/watch/history.ts";
import { idOf, noteSent, placeId, readSent, sentFile, wasSent } from "../runners/watch/sent.ts";
import type { Terminal } from "./terminal.ts";

/** Choice of what else is told of each checkpoint. */
export interface OutputChoice {
  /** Folder of event files. */
  readonly tensorboard?: string;
  /** Address of a server. */
  readonly mlflow?: string;
  /** Address that receives JSON. */
  readonly webhook?: string;
  /** Command of a shell, run at each drop. */
  readonly onDrop?: string;
}

/** A watch, as its outputs see it. */
interface OutputSetting {
  /** The watched folder. */
  readonly folder: string;
  /** Folder of results. */
  readonly results: string;
  /** Settings of the curve. */
  readonly settings: string;
  readonly choice: OutputChoice;
  readonly terminal: Terminal;
}

/** Something that is told of checkpoints, of each once. */
interface Output {
  /** For messages; without anything secret. */
  readonly name: string;
  /** Names the place in the record of what was sent. */
  readonly id: string;
  /** Tells whether it is told of this one; a text says why not, where the user may wonder. */
  readonly takes: (entry: WatchEntry) => boolean | string;
  readonly send: (entry: WatchEntry) => Promise<void>;
}

/** Tells all outputs of the checkpoints of a curve that they have not had; returns whether they have all now. */
export type Deliver = (curve: readonly WatchEntry[]) => Promise<boolean>;

/** Says why a checkpoint has no point in curves elsewhere, which have whole steps for their axis; true where it has one. */
function hasPoint({ step, stopped }: WatchEntry): true | string {
  if (stopped !== undefined) return "as it was stopped early and has no score";
  return step !== null && Number.isSafeInteger(step) && step >= 0 ? true : "as its name holds no whole step";
}

/** Reads an address. @throws UsageError without the address, which may hold a password */
function addressOf(option: string, text: string): URL {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new UsageError(`--${option}: expected an address that begins with http:// or https://`);
}

/** Shortest part of an address that is taken for a secret; words and versions are shorter. */
const shortestSecret = 12;

/** Returns a part of an address as it was before it was escaped. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Opens a service; what its address says of a user becomes a header. */
function serviceOf(area: string, url: URL, token: string | undefined, { env, signal }: Terminal): Service {
  const user = `${decoded(url.username)}:${decoded(url.password)}`;
  const basic = `Basic ${Buffer.from(user).toString("base64")}`;
  const authorization = token ? `Bearer ${token}` : user === ":" ? undefined : basic;
  const parts = [...url.pathname.split("/"), url.search.slice(1), ...url.searchParams.values()];
  const secrets = [...parts.filter(({ length }) => length >= shortestSecret), url.password, token, basic];
  return {
    name: `${area} ${url.origin}`,
    headers: authorization === undefined ? {} : { authorization },
    secrets: secrets.flatMap((part) => (part ? [part, decoded(part)] : [])),
    fetch: proxiedFetch(env),
    signal,
  };
}

/** Returns an address without its user: requests take none. */
function withoutUser(url: URL): URL {
  const plain = new URL(url);
  plain.username = "";
  plain.password = "";
  return plain;
}

function tensorboardOutput(folder: string, { terminal }: OutputSetting): Output {
  // A file of its own for each start: half a record, which a stopped program may leave, ends a file for its readers.
  let file: string | undefined;
  const open = async (): Promise<string> => {
    const now = terminal.now();
    const path = join(folder, `events.out.tfevents.${Math.floor(now)}.pramana.${process.pid}`);
    await makeFolders(folder);
    await writeFile(path, headRecord(now), { flag: "a" });
    return path;
  };
  return {
    name: `tensorboard ${folder}`,
    id: placeId("tensorboard", resolve(folder)),
    takes: hasPoint,
    send: async (entry) => {
      const scalars = metricsOf(entry).map(({ name, value }) => ({ tag: name, value }));
      try {
        file ??= await open();
        await appendFile(file, eventRecord({ time: entry.date, step: entry.step ?? 0, scalars }), { flush: true });
      } catch (error) {
        file = undefined;
        throw new InputError(`it cannot be written: ${messageOf(error)}`);
      }
    },
  };
}

function mlflowOutput(address: string, { folder, results, settings, terminal }: OutputSetting): Output {
  const given = addressOf("mlflow", address);
  const { env } = terminal;
  const [user, password] = [env["MLFLOW_TRACKING_USERNAME"], env["MLFLOW_TRACKING_PASSWORD"]];
  const named = new URL(given);
  if (named.username === "" && user) {
    named.username = encodeURIComponent(user);
    named.password = encodeURIComponent(password ?? "");
  }
  const url = `${withoutUser(given).origin}${given.pathname.replace(/\/+$/, "")}`;
  const place = {
    url,
    runId: env["MLFLOW_RUN_ID"] || undefined,
    experiment: env["MLFLOW_EXPERIMENT_NAME"] || "pramana",
    runName: basename(resolve(folder)),
    watch: placeId("watch", `${resolve(results)}\0${settings}`),
  };
  const log = openMlflow(serviceOf("mlflow", named, env["MLFLOW_TRACKING_TOKEN"], terminal), place);
  return {
    name: `mlflow ${given.origin}`,
    id: placeId("mlflow", [url, place.runId ?? "", place.experiment].join("\0")),
    takes: hasPoint,
    send: async (entry) => {
      const timestamp = Math.round(entry.date * 1000);
      const metrics = metricsOf(entry).map(({ name, value }) => ({
        key: name,
        value,
        timestamp,
        step: entry.step ?? 0,
      }));
      await log(metrics, timestamp);
    },
  };
}

function webhookOutput(address: string, { folder, terminal }: OutputSetting): Output {
  const given = addressOf("webhook", address);
  const service = serviceOf("webhook", given, undefined, terminal);
  const url = withoutUser(given);
  return {
    name: `webhook ${given.origin}`,
    id: placeId("webhook", url.origin + url.pathname),
    takes: () => true,
    send: async (entry) => {
      const body = newsOf(entry, basename(resolve(folder)), idOf(entry));
      await send(service, { method: "POST", url: url.href, body, repeatable: true });
    },
  };
}

/** Milliseconds after which a command at a drop is ended. */
const commandPatience = 10 * 60 * 1000;

/** Runs a command of the shell with a text on its standard input; returns how it ended where that was not well. */
function runCommand(
  command: string,
  input: string,
  env: SpawnOptions["env"],
  { err, signal }: Terminal,
): Promise<string | undefined> {
  return new Promise((done) => {
    const child = spawn(command, { shell: true, env, signal, timeout: commandPatience, stdio: "pipe" });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => err(text));
    }
    // A command need not read.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.on("error", (error) => done(messageOf(error)));
    child.on("close", (status, by) =>
      done(status === 0 ? undefined : by ? `it was ended by ${by}` : `it ended with ${status}`),
    );
  });
}

function commandOutput(command: string, { folder, results, terminal }: OutputSetting): Output {
  return {
    name: "on-drop",
    id: placeId("on-drop", command),
    takes: hasStandingDrop,
    send: async (entry) => {
      const env = {
        ...terminal.env,
        PRAMANA_CHECKPOINT: entry.name,
        PRAMANA_CHECKPOINT_FOLDER: resolve(folder, entry.name),
        PRAMANA_STEP: entry.step === null ? "" : String(entry.step),
        PRAMANA_BASE: entry.comparison?.base ?? "",
        PRAMANA_RESULTS: resolve(results),
        PRAMANA_MESSAGE: dropLines(entry, false).join("\n"),
      };
      const news = newsOf(entry, basename(resolve(folder)), idOf(entry));
      const fault = await runCommand(command, `${JSON.stringify(news)}\n`, env, terminal);
      terminal.signal.throwIfAborted();
      // It had its chance: what it did half is not done again.
      if (fault !== undefined) terminal.err(`on-drop: the command at the drop of ${entry.name} failed: ${fault}\n`);
    },
  };
}

/**
 * Opens the outputs of a watch. Each is told of every checkpoint of the curve once, in their order, whatever starts lie
 * between; what is not taken is told, ends nothing, and is tried again with the next checkpoint and at the next start.
 *
 * @throws UsageError for an address that is none
 */
export function openOutputs(setting: OutputSetting): Deliver {
  const { results, choice, terminal } = setting;
  const { tensorboard, mlflow, webhook, onDrop } = choice;
  const outputs = [
    ...(tensorboard === undefined ? [] : [tensorboardOutput(tensorboard, setting)]),
    ...(mlflow === undefined ? [] : [mlflowOutput(mlflow, setting)]),
    ...(webhook === undefined ? [] : [webhookOutput(webhook, setting)]),
    ...(onDrop === undefined ? [] : [commandOutput(onDrop, setting)]),
  ];
  const file = join(results, sentFile);
  /** Lines that were told: a server that is down is told of once, whatever is tried meanwhile. */
  const told = new Set<string>();
  const tellOnce = (line: string): void => {
    if (!told.has(line)) terminal.err(`${line}\n`);
    told.add(line);
  };
  const deliverTo = async (output: Output, curve: readonly WatchEntry[]): Promise<boolean> => {
    const sent = await readSent(file);
    for (const entry of curve.filter((one) => !wasSent(sent, output.id, one))) {
      const taken = output.takes(entry);
      if (taken !== true) {
        if (taken !== false) tellOnce(`${output.name}: ${entry.name} is left out, ${taken}`);
        continue;
      }
      try {
        await output.send(entry);
      } catch (error) {
        terminal.signal.throwIfAborted();
        if (!(error instanceof InputError)) throw error;
        const named = error.message.startsWith(output.name) ? "" : `${output.name}: `;
        tellOnce(`${named}${error.message}; ${entry.name} is told with the next checkpoint, or at the next start`);
        return false;
      }
      await noteSent(file, output.id, entry);
    }
    return true;
  };
  return async (curve) => {
    let areAllTold = true;
    for (const output of outputs) areAllTold = (await deliverTo(output, curve)) && areAllTold;
    return areAllTold;
  };
}
