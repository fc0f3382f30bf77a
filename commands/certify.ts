import { asUsage, InputError, UsageError } from "../datasets/errors.ts";
import type { Encoder } from "../models/encoder.ts";
import { isAddress, parseEndpoint } from "../models/endpoint/address.ts";
import type { ModelOptions } from "../models/open-modules.ts";
import type { GivenPrompts } from "../models/prompts/prompting.ts";
import { defaultPrompt, namedPrompt, type Prompting } from "../models/prompts/prompts.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import { closeAll } from "../models/runtime/open-all.ts";
import { requiredTask } from "../reports/required.ts";
import { taskScore } from "../reports/scores.ts";
import type { Certificate, TaskCost } from "../runners/certify/certificate.ts";
import { type CertifyOpenings, certify as judge } from "../runners/certify/certify.ts";
import type { Openings } from "../runners/certify/explain.ts";
import { alterations, openQuantized, openWider } from "../runners/certify/reference.ts";
import { observeServer } from "../runners/certify/server.ts";
import { measure } from "../runners/measure.ts";
import { endpointKey, requireRepository } from "../runners/model/adapters.ts";
import { findDevice } from "../runners/model/device.ts";
import {
  type ModelChoice,
  type ModelSettings,
  type ModelWorld,
  openEncoder,
  openNamed,
  readPrompting,
} from "../runners/model/open-model.ts";
import { selectNamed } from "../runners/select.ts";
import type { World } from "../runners/world.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { certifyFormats, type FormatOf } from "./formats.ts";
import { type Terminal, worldOf } from "./terminal.ts";

export interface CertifyChoice extends ModelSettings {
  /** The model whose weights the server is to run: a repository or a folder. */
  readonly against: string;
  /** Put before every text by the server, as it is to be. */
  readonly prompt?: string;
  /** Name of that prompt in the model. */
  readonly promptName?: string;
  /** Task that is run by both, to tell what a difference costs. */
  readonly task?: string;
  readonly format?: FormatOf<typeof certifyFormats>;
}

/** Milliseconds for an answer. */
const patience = 120_000;

/**
 * Holds the vectors of a server against those of a model's weights, and prints what is different.
 * @returns whether the server is right
 */
export async function certify(address: string, choice: CertifyChoice, terminal: Terminal): Promise<boolean> {
  const { against, task, format = "text" } = choice;
  const write = await certifyFormats[format].load();
  requireRepository(against);
  if (!isAddress(address)) {
    throw new UsageError(
      `certify: ${address} is no address; expected ADDRESS#MODEL, such as http://127.0.0.1:8080/v1#BAAI/bge-m3`,
    );
  }
  const { url, id } = await asUsage(() => parseEndpoint(address));
  const tasks = task === undefined ? [] : await asUsage(() => selectNamed([task]));
  const world = worldOf(terminal);
  const { signal, note } = world;
  const settings = { key: endpointKey(url, terminal.env), patience };
  // A model or prompt that is not there is told before a server is asked, which may cost something.
  const prompt = await promptOf(await readPrompting({ ...choice, model: against }, world.hub), choice);
  const { server, observed } = await observeServer(address, settings, signal, (done, total) => {
    if (done === 0) note(`asking ${id} for vectors, ${total} requests`);
  });
  const { device } = await findDevice(choice.device, thisMachine(terminal.env), note);
  const opened: Encoder[] = [];
  const keep = (encoder: Encoder): Encoder => {
    opened.push(encoder);
    return encoder;
  };
  try {
    const model = keep(await openEncoder({ ...choice, model: against }, { ...world, device }));
    const openings = await openingsOf(choice, { ...world, device }, keep);
    note(`holding the vectors against those of ${model.info.id}`);
    const judged = await judge(observed, { model, prompt }, openings, signal);
    const { id: name, revision, precision, similarity } = model.info;
    const certificate: Certificate = { server, model: name, revision, precision, similarity, prompt, ...judged };
    const cost =
      tasks.length === 0 ? undefined : await costOf({ address, choice, task: tasks[0], model, prompt }, world);
    terminal.out(write(cost === undefined ? certificate : { ...certificate, cost }));
    return certificate.right;
  } finally {
    await closeAll(opened);
  }
}

/** Returns the prompt that the server is to put before texts: the user's, or the model's default. */
const promptOf = (info: Prompting, { prompt, promptName }: CertifyChoice): Promise<string> =>
  asUsage(() => prompt ?? (promptName === undefined ? defaultPrompt(info) : namedPrompt(info, promptName)));

/** Prepares the model to be opened otherwise; an exported graph is as it is. */
async function openingsOf(choice: CertifyChoice, world: ModelWorld, keep: Openings["keep"]): Promise<CertifyOpenings> {
  const { against, revision, threads, modelConfig = {}, precision, maxTokens, onnx } = choice;
  const { hub, device } = world;
  const snapshot = await openNamed(against, revision, hub);
  const options: ModelOptions = {
    ...{ device, threads, config: modelConfig },
    ...(precision === undefined ? {} : { precision }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
  if (onnx) return { alterations: [], openQuantized: async () => undefined, openWider: async () => undefined, keep };
  return {
    alterations: await alterations(snapshot, options),
    openQuantized: () => openQuantized(snapshot, options),
    openWider: (limit) => openWider(snapshot, options, limit),
    keep,
  };
}

/** What a difference is to be priced by. */
interface Priced {
  readonly address: string;
  readonly choice: CertifyChoice;
  readonly task: TaskSpec;
  readonly model: Encoder;
  readonly prompt: string;
}

/**
 * Runs a task by the model and by the server. Texts that go to the server bear the model's prompts; where the server is to
 * put one there, that one alone counts on both sides.
 */
async function costOf({ address, choice, task, model, prompt }: Priced, world: World): Promise<TaskCost> {
  const { prompts, defaultPromptName, instruct } = model.info;
  const [ours, theirs]: readonly (GivenPrompts | undefined)[] =
    prompt === ""
      ? [undefined, { prompts, defaultPromptName, ...(instruct && { instruct }) }]
      : [{ prompts: { server: prompt }, defaultPromptName: "server" }, { prompts: {} }];
  const { against, task: _, format: __, prompt: ___, promptName: ____, ...settings } = choice;
  const { device, threads } = settings;
  const scoreOf = async (one: ModelChoice, given: GivenPrompts | undefined): Promise<number> => {
    const named = given && { given, name: "certify" };
    const failures: string[] = [];
    const emit: World["emit"] = (event) => {
      if (event.kind === "task-failed") failures.push(event.message);
      world.emit(event);
    };
    const { results } = await measure({ ...one, cache: false, estimator: "official" }, [task], named, {
      ...world,
      emit,
    });
    const { score } = taskScore(results[0], requiredTask(task));
    if (score === null)
      throw new InputError(`certify: ${task.name} has no score by ${one.model}: ${failures[0] ?? "it is undefined"}`);
    return score;
  };
  return {
    task: task.name,
    model: await scoreOf({ ...settings, model: against }, ours),
    server: await scoreOf({ model: address, device, threads }, theirs),
  };
}
