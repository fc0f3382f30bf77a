import { plainText } from "../../datasets/shown.ts";
import type { Endpoint } from "./address.ts";
import { type Answer, readAnswer, Unreadable } from "./answer.ts";
import { type EndpointSettings, type Failure, secretsOf, tryOnce } from "./request.ts";

/** Returns the body of a request for vectors. */
export const bodyOf = ({ model }: Endpoint, input: readonly string[]) => ({ model, input, encoding_format: "float" });

/**
 * Reads an answer, of which a message may repeat a part.
 * @throws Unreadable, whose message holds no secret
 */
export function readPublicly(text: string, count: number, { url }: Endpoint, { key }: EndpointSettings): Answer {
  try {
    return readAnswer(text, count);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const tells = secretsOf(url, key).some((secret) => text.includes(secret));
    throw new Unreadable(tells ? "it repeats the key, so nothing of it is shown" : plainText(error.message));
  }
}

/** What became of one request. */
export type Asked = (Answer | Failure) & {
  /** From sending it until the last byte of the answer, which is read after that. */
  readonly seconds: number;
};

/** Kind of the failure of an answer that holds no vectors. */
export const unreadable = "bad answer";

/**
 * Asks for vectors once; a request that fails is not tried again.
 * @param clock Seconds since any fixed moment.
 * @throws the signal's reason
 */
export async function askOnce(
  endpoint: Endpoint,
  input: readonly string[],
  settings: EndpointSettings,
  clock: () => number,
  signal: AbortSignal,
): Promise<Asked> {
  const began = clock();
  const outcome = await tryOnce(endpoint, bodyOf(endpoint, input), settings, signal);
  const seconds = clock() - began;
  if (!("text" in outcome)) {
    const failure =
      outcome.kind === "413" && input.length > 1
        ? `it answered 413: ${input.length} texts in one request are too large for it; send fewer, or raise the server's limit`
        : outcome.failure;
    return { ...outcome, failure, seconds };
  }
  try {
    return { ...readPublicly(outcome.text, input.length, endpoint, settings), seconds };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { kind: unreadable, failure: `its answer cannot be used: ${error.message}`, seconds };
  }
}
