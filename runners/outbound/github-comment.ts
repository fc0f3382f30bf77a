import { isRecord } from "../../datasets/document.ts";
import { type Service, ServiceError, send } from "./service.ts";

/** The pull request, or issue, that is commented on. */
export interface CommentPlace {
  /** Address of GitHub's interface: `https://api.github.com`. */
  readonly api: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly number: number;
}

const perPage = 100;
/** Pages of comments that are looked through: ten thousand comments. */
const mostPages = 100;

/** A comment as GitHub lists it, as far as it is needed. */
interface Comment {
  readonly id: number;
  readonly body: string;
  readonly author: string;
  readonly isBot: boolean;
}

async function getJson(service: Service, url: string): Promise<unknown> {
  const text = await send(service, { method: "GET", url, repeatable: true });
  try {
    return JSON.parse(text);
  } catch {
    throw new ServiceError(`${service.name}: it answered something that is no JSON; check GITHUB_API_URL`);
  }
}

function toComment(value: unknown): Comment[] {
  if (!isRecord(value) || typeof value["id"] !== "number" || typeof value["body"] !== "string") return [];
  const user = isRecord(value["user"]) ? value["user"] : {};
  const [author, isBot] = [String(user["login"] ?? ""), user["type"] === "Bot"];
  return [{ id: value["id"], body: value["body"], author, isBot }];
}

/** Returns whose comments the token may call its own: those of its user, or of an app, which cannot ask who it is. */
async function ownComments(service: Service, api: string): Promise<(comment: Comment) => boolean> {
  try {
    const user = await getJson(service, `${api}/user`);
    const login = isRecord(user) ? user["login"] : undefined;
    return ({ author }) => author === login;
  } catch (error) {
    if (error instanceof ServiceError && (error.status === 403 || error.status === 404)) return ({ isBot }) => isBot;
    throw error;
  }
}

/** Finds the comment that begins with a marker; one of somebody else does not count, whatever is in it. */
async function findComment(service: Service, place: CommentPlace, marker: string): Promise<number | undefined> {
  const { api, repository, number } = place;
  const isOwn = await ownComments(service, api);
  for (let page = 1; page <= mostPages; page++) {
    const url = `${api}/repos/${repository}/issues/${number}/comments?per_page=${perPage}&page=${page}`;
    const answer = await getJson(service, url);
    const listed = Array.isArray(answer) ? answer : [];
    const found = listed.flatMap(toComment).find((comment) => comment.body.startsWith(marker) && isOwn(comment));
    if (found !== undefined) return found.id;
    if (listed.length < perPage) return undefined;
  }
  return undefined;
}

/**
 * Writes a comment on a pull request, or writes it anew where it is there already.
 *
 * @param marker The line with which the body begins, by which the comment is found again.
 * @returns what was done
 * @throws ServiceError, the signal's reason
 */
export async function putComment(
  service: Service,
  place: CommentPlace,
  marker: string,
  body: string,
): Promise<"posted" | "updated"> {
  const { api, repository, number } = place;
  const id = await findComment(service, place, marker);
  const comments = `${api}/repos/${repository}/issues`;
  if (id === undefined) {
    // Sent twice, it would stand there twice.
    await send(service, { method: "POST", url: `${comments}/${number}/comments`, body: { body }, repeatable: false });
    return "posted";
  }
  await send(service, { method: "PATCH", url: `${comments}/comments/${id}`, body: { body }, repeatable: true });
  return "updated";
}
