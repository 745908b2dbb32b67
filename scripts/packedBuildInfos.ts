import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";

/** Artifacts in there are of tests, and are not packed. */
const UNPACKED = "test";

/**
 * Of what contracts were compiled from, has npm pack that which the packed artifacts name: compilations in pieces leave more, and each is as long as all
 * sources. Gives the ids.
 * @param artifacts The folder of all artifacts.
 */
export async function packNamedBuildInfos(artifacts: string): Promise<string[]> {
  const named = new Set<string>();
  for (const file of await artifactsIn(join(artifacts, "contracts"))) {
    const { buildInfoId } = JSON.parse(await readFile(file, "utf8")) as { readonly buildInfoId?: string };
    if (buildInfoId !== undefined) named.add(buildInfoId);
  }
  const ids = [...named].sort();
  const lines = ["*", ...ids.map((id) => `!${id}.json`), ""];
  await writeFile(join(artifacts, "build-info", ".npmignore"), lines.join("\n"));
  return ids;
}

async function artifactsIn(contracts: string): Promise<string[]> {
  const entries = await readdir(contracts, { recursive: true, withFileTypes: true });
  const isPacked = (folder: string): boolean => relative(contracts, folder).split(sep)[0] !== UNPACKED;
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json") && isPacked(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await packNamedBuildInfos("artifacts");
