import { createWriteStream } from "node:fs";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { asUsage, messageOf, UsageError } from "../datasets/errors.ts";
import { makeFolders } from "../datasets/folder.ts";
import { count } from "../datasets/shown.ts";
import { openKernels } from "../models/runtime/ort-kernels.ts";
import { selectTasks, type TaskChoices } from "../runners/select.ts";
import { neededTexts } from "../runners/texts.ts";
import { type Terminal, worldOf } from "./terminal.ts";
import { replaceMade } from "./write-file.ts";

export interface TextsChoice extends TaskChoices {
  readonly output: string;
  readonly threads: number;
}

/** Writes the texts that tasks need vectors of, as JSON lines; no file where not all of them can be had. */
export async function writeTexts(choice: TextsChoice, terminal: Terminal): Promise<void> {
  const { tasks } = await asUsage(() => selectTasks(choice));
  const kernels = await openKernels({ threads: choice.threads });
  let written = 0;
  async function* lines(): AsyncGenerator<string> {
    for await (const { text, role } of neededTexts(tasks, worldOf(terminal).hub, kernels, terminal.signal)) {
      written++;
      yield `${JSON.stringify(role === undefined ? text : { text, role })}\n`;
    }
  }
  try {
    await makeFolders(dirname(choice.output)).catch((error: unknown) => {
      throw new UsageError(`texts: ${choice.output} cannot be written: ${messageOf(error)}; name a file elsewhere`);
    });
    await replaceMade("texts", choice.output, (path) => pipeline(Readable.from(lines()), createWriteStream(path)));
  } finally {
    await kernels.close();
  }
  terminal.err(`${count(written, "text")} of ${count(tasks.length, "task")} in ${choice.output}\n`);
}
