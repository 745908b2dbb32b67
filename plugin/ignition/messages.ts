import { readFile, truncate } from "node:fs/promises";
import { join } from "node:path";

import { writeWhole } from "../files.js";

/** What Ignition writes into its journal, as far as it says what was sent. */
export interface JournalMessage {
  readonly type: string;
  readonly futureId?: string;
  readonly networkInteractionId?: number;
  /** Of what begins a future: the account that sends its transactions. */
  readonly from?: string;
  readonly nonce?: number;
  /** Of what asks for something to be sent. */
  readonly networkInteraction?: {
    readonly id: number;
    readonly to?: string;
    readonly data: string;
    readonly value: { readonly value: string };
  };
  /** Of what was sent. */
  readonly transaction?: { readonly hash: string };
  readonly result?: { readonly type: string; readonly address?: string };
}

/**
 * A journal's lines; a last one that was half written is cut off.
 * @param journal The deployment's folder; there need not be one.
 */
export async function readMessages(journal: string): Promise<JournalMessage[]> {
  const path = join(journal, "journal.jsonl");
  const text = await readFile(path, "utf8").catch(() => "");
  const end = text.lastIndexOf("\n");
  const last = text.slice(end + 1);
  if (last !== "" && !isJson(last)) {
    await truncate(path, Buffer.byteLength(text.slice(0, Math.max(end, 0))));
    return parseLines(text.slice(0, Math.max(end, 0)));
  }
  return parseLines(text);
}

function parseLines(text: string): JournalMessage[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as JournalMessage);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Writes the file of deployed addresses anew from what the journal says, if it was half written. */
export async function mendAddresses(journal: string, messages: readonly JournalMessage[]): Promise<void> {
  const path = join(journal, "deployed_addresses.json");
  if (isJson(await readFile(path, "utf8").catch(() => "{}"))) return;
  const deployed = messages.flatMap(({ futureId, result }) =>
    futureId !== undefined && result?.address !== undefined ? [[futureId, result.address] as const] : [],
  );
  await writeWhole(path, new TextEncoder().encode(JSON.stringify(Object.fromEntries(deployed), null, 2)));
}
