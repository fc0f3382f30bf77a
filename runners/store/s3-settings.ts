import { InputError } from "../../datasets/errors.ts";
import { proxiesOf } from "../../datasets/proxy.ts";
import { shown, withoutSecrets } from "../../datasets/shown.ts";
import { isKey } from "./store.ts";

/** Where a store in S3's language lies, and with what it is asked. */
export interface S3Settings {
  /** `s3://BUCKET/PREFIX`, for messages. */
  readonly name: string;
  readonly bucket: string;
  /** Without slashes at its ends; may be empty. */
  readonly prefix: string;
  /** Origin (and path, if any) of the server, without a slash at its end. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly proxyFor?: ((url: URL) => string | undefined) | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

const standardRegion = "us-east-1";
const bucketPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;

/**
 * Reads where a store lies from its address, and its server, region and keys from the variables that AWS's own programs
 * read; empty ones count as unset. Files of AWS's programs and the roles of machines are not looked at.
 *
 * @throws InputError for an address that is none, and variables that are missing or do not fit; none is repeated that may
 * hold a secret
 */
export function s3Settings(address: string, env: Variables): S3Settings {
  const [, bucket = "", path = ""] = /^s3:\/\/([^/]*)(?:\/(.*))?$/is.exec(address) ?? [];
  const prefix = path.replace(/\/+$/, "");
  if (!bucketPattern.test(bucket) || (prefix !== "" && !isKey(prefix))) {
    throw new InputError(
      `store: "${shown(withoutSecrets(address))}" names no place in a bucket; expected s3://BUCKET or s3://BUCKET/PREFIX, of ` +
        "A-Z a-z 0-9 . _ -, and the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );
  }
  const region = (env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || standardRegion).trim();
  if (!/^[a-z0-9-]+$/i.test(region)) {
    throw new InputError(`AWS_REGION is "${shown(region)}"; expected a name such as ${standardRegion}`);
  }
  const proxyFor = proxiesOf(env);
  const sessionToken = secretOf(env, "AWS_SESSION_TOKEN");
  return {
    name: `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`,
    bucket,
    prefix,
    endpoint: endpointOf(env) ?? `https://s3.${region}.amazonaws.com`,
    region,
    accessKeyId: requiredOf(env, "AWS_ACCESS_KEY_ID"),
    secretAccessKey: requiredOf(env, "AWS_SECRET_ACCESS_KEY"),
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(proxyFor === undefined ? {} : { proxyFor }),
  };
}

/** Reads a variable that is not to be repeated; fetch would do that in its own complaint of what no header may hold. */
function secretOf(env: Variables, name: string): string | undefined {
  const value = (env[name] ?? "").trim();
  if (/[^\x21-\x7e]/.test(value)) throw new InputError(`${name} holds a space or a character beyond ASCII; check it`);
  return value || undefined;
}

function requiredOf(env: Variables, name: string): string {
  const value = secretOf(env, name);
  if (value !== undefined) return value;
  throw new InputError(
    `store: ${name} is not set, which an S3 store needs; set it, or let AWS's program print what it knows: ` +
      'eval "$(aws configure export-credentials --format env)"',
  );
}

/** Reads the server's address; `AWS_ENDPOINT_URL_S3` goes before `AWS_ENDPOINT_URL`. */
function endpointOf(env: Variables): string | undefined {
  const name = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].find((one) => env[one]?.trim());
  if (name === undefined) return undefined;
  const value = env[name]?.trim() ?? "";
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    // What stands before an @ may be a password.
    const hidden = withoutSecrets(value).replace(/^.*@/s, "…@");
    throw new InputError(
      `${name} is "${shown(hidden)}"; expected a plain address such as https://s3.example, without a name, a password or a query`,
    );
  }
  return url.href.replace(/\/+$/, "");
}
