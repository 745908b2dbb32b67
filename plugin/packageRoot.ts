import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder that holds this package: the repository, or `node_modules/hardhat-rollup` where it is installed. Sources and
 * compiled files lie at different depths, so it is found by its package.json.
 */
export const PACKAGE_ROOT: string = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

function findPackageRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  return findPackageRoot(dirname(folder));
}
