import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { bls12_381 } from "@noble/curves/bls12-381.js";

import { RollupError } from "../../errors.js";
import { hexToBytes, type Hex } from "../../hex.js";
import { SecretKey } from "../bls.js";

/** What a project keeps of a member that it runs. */
export interface MemberFiles {
  /** The secret key, as 0x and 64 hexadecimal digits. */
  readonly key: string;
  /** What it has signed, and the batches that it keeps; made by `MemberDatabase`. */
  readonly database: string;
}

/**
 * Where a project keeps what its members have, beside its deployments.
 * @param deployments `config.rollup.deployments`, an absolute path.
 */
export function memberFiles(deployments: string, network: string, member: Hex): MemberFiles {
  const folder = join(dirname(deployments), ".hardhat-rollup", "members");
  const name = member.toLowerCase();
  return { key: join(folder, `${name}.key`), database: join(folder, `${network}-${name}.db`) };
}

/**
 * A member's secret key.
 * @throws {RollupError} `KEY_MISSING`, `KEY_INVALID`; neither tells what is in the file.
 */
export async function readKey(path: string): Promise<SecretKey> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw unusable("cannot be read", path, error);
    throw new RollupError("KEY_MISSING", "There is no secret key for this member.", {
      looked: path,
      do: "rollup:register makes one, or name another file with --key",
    });
  });
  const digits = text.trim();
  if (/^0x[0-9a-fA-F]{64}$/.test(digits) && isSecret(BigInt(digits))) return new SecretKey(hexToBytes(digits as Hex));
  throw new RollupError("KEY_INVALID", "This file holds no secret key.", {
    path,
    expected: "0x and 64 hexadecimal digits: a number above 0 and below the order of BLS12-381's groups",
  });
}

/**
 * A member's secret key, which is made if there is none: for nobody's eyes but the owner's of the process.
 * @throws {RollupError} `KEY_INVALID`
 */
export async function readOrMakeKey(path: string): Promise<SecretKey> {
  const made = SecretKey.generate();
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // The name is given to a whole file, unless there is one: what others read is never half of a key.
    await writeFile(draft, `${made.export()}\n`, { mode: 0o600, flag: "wx", flush: true });
    await link(draft, path);
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw unusable("cannot be made", path, error as Error);
    return await readKey(path);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

function unusable(what: string, path: string, { message }: Error): RollupError {
  return new RollupError("KEY_INVALID", `The file of the secret key ${what}.`, { path, reason: message });
}

function isSecret(value: bigint): boolean {
  return bls12_381.fields.Fr.isValidNot0(value);
}
