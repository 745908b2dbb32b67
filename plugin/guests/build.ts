import { readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

import { PACKAGE_ROOT } from "../packageRoot.js";
import { compileGuest } from "./compile.js";
import { GuestNotFoundError } from "./errors.js";

/** Guests that this package brings, compiled: folders of `guests/`. */
export const KNOWN_GUESTS = ["counter", "ledger"] as const;
export type KnownGuest = (typeof KNOWN_GUESTS)[number];

/** What `buildGuest` may be told. */
export interface BuildOptions {
  /** What paths are relative to; the working directory if absent. */
  readonly root?: string;
  /** Compile the source also where a compiled guest lies beside it, as for those that this package brings. */
  readonly fromSource?: boolean;
}

/** Where a guest is: one file. */
interface GuestFile {
  /** Absolute. */
  readonly path: string;
  readonly isCompiled: boolean;
}

/**
 * Builds a guest.
 * @param guest A known guest's name, or the path of a `.wasm` file, an AssemblyScript `.ts` file, or a folder: of a folder that is named
 * `x` the compiled `x.wasm` if it has one, else its `index.ts`.
 * @returns The bytes of the `.wasm`. The same source gives the same bytes.
 * @throws {GuestNotFoundError} `GUEST_NOT_FOUND`, {GuestCompileError} `GUEST_NOT_COMPILED`.
 */
export async function buildGuest(guest: string, options: BuildOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { path, isCompiled } = await findGuest(guest, options);
  return isCompiled ? new Uint8Array(await readFile(path)) : compileGuest(path);
}

async function findGuest(
  guest: string,
  { root = process.cwd(), fromSource = false }: BuildOptions,
): Promise<GuestFile> {
  const isKnown = KNOWN_GUESTS.some((name) => name === guest);
  const path = isKnown ? join(PACKAGE_ROOT, "guests", guest) : resolve(root, guest);
  const compiled = join(path, `${basename(path)}.wasm`);
  const source = join(path, "index.ts");
  if (await isFile(path)) {
    if (path.endsWith(".wasm")) return { path, isCompiled: true };
    if (path.endsWith(".ts")) return { path, isCompiled: false };
  }
  if (!fromSource && (await isFile(compiled))) return { path: compiled, isCompiled: true };
  if (await isFile(source)) return { path: source, isCompiled: false };
  throw new GuestNotFoundError(
    guest,
    `${KNOWN_GUESTS.join(", ")}, a .wasm or .ts file, or a folder with an index.ts (looked at ${path})`,
  );
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
