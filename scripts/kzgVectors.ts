/** Writes the vectors that KZG libraries are held to, with `c-kzg`, which must be installed. */
import { writeFile } from "node:fs/promises";

import { nativeKzg } from "../plugin/blobs/libraries.js";
import { PATTERNS, type Pattern } from "../test/helpers/blobs.js";
import { computeVector, VECTORS } from "../test/helpers/kzgVectors.js";

const kzg = await nativeKzg();
if (!kzg) throw new Error("c-kzg is not installed");

const vectors = [];
for (const pattern of Object.keys(PATTERNS) as Pattern[]) vectors.push(await computeVector(kzg, pattern, true));
await writeFile(VECTORS, `${JSON.stringify(vectors, null, 2)}\n`);
console.log(`${vectors.length} vectors by ${kzg.name}`);
