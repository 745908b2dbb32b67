import { LogDescription, Result, type EventFragment, type Interface, type ParamType } from "ethers";

import type { Hex } from "../hex.js";

const WORD = 64;
const EMPTY = "0".repeat(WORD);

/** A log, as far as it says something. */
interface LogText {
  readonly topics: readonly string[];
  readonly data: string;
}

/**
 * As `abi.parseLog`. Ethers writes bytes digit by digit, of which a batch has two hundred thousand, and each digit takes memory of its own for a while: where an
 * event ends with bytes, these are cut out of the log's own text.
 */
export function parseLog(abi: Interface, log: LogText): LogDescription | null {
  const { topics, data } = log;
  const fragment = abi.getEvent(topics[0] ?? "");
  if (fragment === null) return null;
  const bytes = lastBytes(fragment, data);
  if (bytes === undefined) return abi.parseLog({ topics: [...topics], data });
  const description = abi.parseLog({ topics: [...topics], data: data.slice(0, bytes.length) + EMPTY });
  if (description === null) return null;
  const { args, topic } = description;
  const names = fragment.inputs.map(({ name }) => name);
  return new LogDescription(fragment, topic, Result.fromItems([...args.slice(0, -1), bytes.text], names));
}

/** The text of an event's last parameter, if that is the only one of no fixed length, and is bytes; and where its length is in the log's data. */
function lastBytes(
  { inputs }: EventFragment,
  data: string,
): { readonly text: Hex; readonly length: number } | undefined {
  const last = inputs.at(-1);
  if (last?.type !== "bytes" || last.indexed === true) return undefined;
  const words = inputs.slice(0, -1).map((input) => (input.indexed === true ? 0 : wordsOf(input)));
  const heads = words.reduce((sum, count) => sum + count, 1);
  const length = 2 + heads * WORD;
  const at = numberAt(data, length - WORD);
  // What is not a number, or elsewhere than a compiler puts it, is for ethers to read.
  if (at !== heads * (WORD / 2)) return undefined;
  const [start, digits] = [length + WORD, 2 * numberAt(data, length)];
  return start + digits <= data.length ? { text: `0x${data.slice(start, start + digits)}`, length } : undefined;
}

/** How many words a parameter has; none that is good for anything if that is not fixed. */
function wordsOf({ baseType, arrayLength, arrayChildren, components, type }: ParamType): number {
  if (baseType === "array") return arrayLength === -1 ? NaN : arrayLength! * wordsOf(arrayChildren!);
  if (baseType === "tuple") return components!.reduce((sum, component) => sum + wordsOf(component), 0);
  return type === "bytes" || type === "string" ? NaN : 1;
}

function numberAt(data: string, place: number): number {
  return Number(`0x${data.slice(place, place + WORD)}`);
}
