import { readFile } from "node:fs/promises";
import { dirname, relative, resolve, sep } from "node:path";

import type { Tree } from "@yowasp/clang";

import { GuestNotFoundError } from "./errors.js";

const INCLUDE = /^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"/gm;

/** Where a guest's files lie for the compiler, which looks for included files from above it, too. */
export const GUEST_FOLDER = "guest";

/** What a compiler that sees no disk is to be given. */
export interface CSources {
  /** The files to compile, as paths in the tree, with slashes. */
  readonly units: readonly string[];
  /** Those and all that they include, below `GUEST_FOLDER`, which is the innermost folder that holds them all. */
  readonly tree: Tree;
}

/**
 * Reads C files and what they include in quotes, whether a condition stands around that or not. What is not there is left for the compiler
 * to miss.
 * @param paths Absolute.
 * @throws {GuestNotFoundError} `GUEST_NOT_FOUND` if one of `paths` cannot be read.
 */
export async function collectSources(paths: readonly string[]): Promise<CSources> {
  const found = new Map<string, Buffer>();
  const waiting = [...paths];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    const contents = await readIfThere(path);
    if (contents === undefined) {
      if (paths.includes(path)) throw new GuestNotFoundError(path, "a file that can be read");
      continue;
    }
    found.set(path, contents);
    for (const [, included] of contents.toString("utf8").matchAll(INCLUDE)) {
      waiting.push(resolve(dirname(path), included));
    }
  }
  const root = commonFolder([...found.keys()]);
  const nameOf = (path: string): string => [GUEST_FOLDER, ...relative(root, path).split(sep)].join("/");
  const tree: Tree = {};
  for (const [path, contents] of found) {
    place(tree, nameOf(path).split("/"), withoutAscents(contents, dirname(path), found, nameOf));
  }
  return { units: paths.map(nameOf).sort(), tree };
}

/** The compiler's file system knows no `..`. */
function withoutAscents(
  contents: Buffer,
  folder: string,
  found: ReadonlyMap<string, Buffer>,
  nameOf: (path: string) => string,
): Buffer | string {
  const text = contents.toString("utf8");
  if (!text.includes("..")) return contents;
  return text.replace(INCLUDE, (directive, included: string) => {
    const path = resolve(folder, included);
    return included.includes("..") && found.has(path) ? directive.replace(included, nameOf(path)) : directive;
  });
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(() => undefined);
}

function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0]);
  while (!paths.every((path) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep)))
    folder = dirname(folder);
  return folder;
}

function place(tree: Tree, [name, ...rest]: readonly string[], contents: Uint8Array | string): void {
  if (rest.length === 0) {
    tree[name] = contents;
    return;
  }
  const folder = (tree[name] ??= {});
  if (typeof folder === "object" && !(folder instanceof Uint8Array)) place(folder, rest, contents);
}
