import { UsageError } from "../../datasets/errors.ts";
import { shown } from "../../datasets/shown.ts";
import type { World } from "../world.ts";

/** Where a Redis or Valkey server is, and who asks. */
export interface QueueAddress {
  /** The address for messages; it holds no password. */
  readonly shown: string;
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly isEncrypted: boolean;
  readonly username?: string;
  readonly password?: string;
}

/** Variables of the environment that name the user: on a command line, others of the machine would read them. */
const userVariable = "PRAMANA_QUEUE_USER";
const passwordVariable = "PRAMANA_QUEUE_PASSWORD";

const standardPort = 6379;

/**
 * Reads the address of a queue; the user and the password are those of the environment.
 * @throws UsageError for another address, and for one that holds a user or a password, which it does not repeat
 */
export function parseQueueAddress(address: string, env: World["env"]): QueueAddress {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && (url.username !== "" || url.password !== "")) {
    throw new UsageError(
      `queue: the address on ${url.host} holds a user or a password, which others on this machine can read; leave them ` +
        `out and set ${userVariable} and ${passwordVariable}`,
    );
  }
  const db = /^\/?(\d{0,4})$/.exec(url?.pathname ?? "-")?.[1];
  const isPlain = url !== undefined && url.search === "" && url.hash === "" && url.hostname !== "";
  if (!isPlain || db === undefined || !["redis:", "rediss:"].includes(url.protocol)) {
    throw new UsageError(
      `queue: ${shown(address)} is no address of a queue; expected redis://HOST:PORT, or rediss:// with TLS`,
    );
  }
  const [username, password] = [env[userVariable], env[passwordVariable]];
  return {
    shown: `${url.protocol}//${url.host}${db === "" ? "" : `/${db}`}`,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? standardPort : Number(url.port),
    db: Number(db),
    isEncrypted: url.protocol === "rediss:",
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
  };
}
