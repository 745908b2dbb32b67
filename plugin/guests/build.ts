import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

import { DEFAULT_MACHINE, type MachineName } from "../machineTable.js";
import { PACKAGE_ROOT } from "../packageRoot.js";
import { compileGuest } from "./compile.js";
import { compileC } from "./compileC.js";
import { compileElf, isElfMachine } from "./compileElf.js";
import { GuestNotFoundError } from "./errors.js";

/** Guests that this package brings, compiled: folders of `guests/`. */
export const KNOWN_GUESTS = ["counter", "ledger", "ledger-c", "orbit"] as const;
export type KnownGuest = (typeof KNOWN_GUESTS)[number];

/** What `buildGuest` may be told. */
export interface BuildOptions {
  /** What paths are relative to; the working directory if absent. */
  readonly root?: string;
  /** Compile the source also where a compiled guest lies beside it, as for those that this package brings. */
  readonly fromSource?: boolean;
  /** What the guest is for; the machine of WebAssembly if absent. */
  readonly machine?: MachineName;
}

/** Where a guest is. Paths are absolute. */
type GuestFiles =
  | { readonly kind: "compiled" | "assemblyscript"; readonly path: string }
  | { readonly kind: "c"; readonly paths: readonly string[] };

const C_FILE = /\.(c|cpp)$/;
/** What clang takes besides: LLVM's own code, as text and as bits. */
const LLVM_FILE = /\.(ll|bc)$/;

/**
 * Builds a guest.
 * @param guest A known guest's name, or the path of a `.wasm` file, an AssemblyScript `.ts` file, a `.c` or `.cpp` file, or a folder: of a
 * folder that is named `x` the compiled `x.wasm` or `x.<machine>.elf` if it has one, else its `index.ts`, else all its `.c` and `.cpp` files together.
 * @returns The bytes of the `.wasm` or the `.elf`. The same source gives the same bytes.
 * @throws {GuestNotFoundError} `GUEST_NOT_FOUND`, {GuestCompileError} `GUEST_NOT_COMPILED`, {GuestCompilerMissingError}
 * `GUEST_COMPILER_MISSING`.
 */
export async function buildGuest(guest: string, options: BuildOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { machine = DEFAULT_MACHINE } = options;
  const files = await findGuest(guest, machine, options);
  switch (files.kind) {
    case "compiled":
      return new Uint8Array(await readFile(files.path));
    case "assemblyscript":
      return compileGuest(files.path);
    case "c":
      return isElfMachine(machine) ? compileElf(machine, files.paths) : compileC(files.paths);
  }
}

async function findGuest(
  guest: string,
  machine: MachineName,
  { root = process.cwd(), fromSource = false }: BuildOptions,
): Promise<GuestFiles> {
  const isKnown = KNOWN_GUESTS.some((name) => name === guest);
  const path = isKnown ? join(PACKAGE_ROOT, "guests", guest) : resolve(root, guest);
  const found = (await isFile(path)) ? guestOfFile(path, machine) : await guestOfFolder(path, machine, fromSource);
  if (found !== undefined) return found;
  throw new GuestNotFoundError(
    guest,
    `${KNOWN_GUESTS.join(", ")}, ${EXPECTED[isElfMachine(machine) ? "elf" : "wasm"]} (looked at ${path})`,
  );
}

const EXPECTED = {
  wasm: "a .wasm, .ts, .c or .cpp file, or a folder with an index.ts or with .c or .cpp files",
  elf: "of them in C, a .elf, .c, .cpp, .ll or .bc file, or a folder with .c or .cpp files",
} as const;

function guestOfFile(path: string, machine: MachineName): GuestFiles | undefined {
  const isElf = isElfMachine(machine);
  if (path.endsWith(isElf ? ".elf" : ".wasm")) return { kind: "compiled", path };
  if (path.endsWith(".ts") && !isElf) return { kind: "assemblyscript", path };
  return C_FILE.test(path) || LLVM_FILE.test(path) ? { kind: "c", paths: [path] } : undefined;
}

async function guestOfFolder(
  folder: string,
  machine: MachineName,
  fromSource: boolean,
): Promise<GuestFiles | undefined> {
  const isElf = isElfMachine(machine);
  const compiled = join(folder, `${basename(folder)}.${isElf ? `${machine}.elf` : "wasm"}`);
  if (!fromSource && (await isFile(compiled))) return { kind: "compiled", path: compiled };
  const source = join(folder, "index.ts");
  if (!isElf && (await isFile(source))) return { kind: "assemblyscript", path: source };
  const names = (await readdir(folder).catch(() => [])).filter((name) => C_FILE.test(name));
  return names.length > 0 ? { kind: "c", paths: names.map((name) => join(folder, name)) } : undefined;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
