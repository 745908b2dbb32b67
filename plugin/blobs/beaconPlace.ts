import { RollupError } from "../errors.js";
import { hexToBytes, type Hex } from "../hex.js";
import { versionedHash, type Kzg } from "./kzg.js";
import type { BlobHint, BlobPlace } from "./store.js";

const TIMEOUT = 10_000;
const DEFAULT_SECONDS_PER_SLOT = 12;
/** So many timeouts long a node that did not answer in time is not asked. */
const RESTS = 3;
/** Of an answer; 200 blobs in hexadecimal digits, more than a block may come to have for long. */
const MOST_BYTES = 2 ** 26;

/** What a beacon node's clock needs. */
interface SlotClock {
  readonly genesis: number;
  readonly secondsPerSlot: number;
}

interface Reply {
  readonly status: number;
  readonly data?: unknown;
  readonly message: string;
}

interface Sidecar {
  readonly blob: Hex;
  readonly kzg_commitment: Hex;
}

/**
 * A beacon node's REST API. Blobs are asked for by slot, at `/eth/v1/beacon/blobs/{slot}`, and where a node does not know that yet, at
 * `/eth/v1/beacon/blob_sidecars/{slot}`.
 */
export class BeaconPlace implements BlobPlace {
  /** The address without what may be secret in it: keys are part of paths and queries. */
  public readonly name: string;
  private readonly base: URL;
  private clock: Promise<SlotClock> | undefined;
  /** Since it did not answer; in milliseconds. */
  private restsUntil = 0;

  /**
   * @param address The node's, e.g. `https://beacon.example.org/key`; a query is kept.
   * @param timeout Milliseconds to wait for one answer.
   */
  public constructor(
    address: string,
    private readonly kzg: Kzg,
    private readonly timeout: number = TIMEOUT,
  ) {
    this.base = new URL(address);
    this.name = `beacon node ${this.base.origin}`;
  }

  public async get(hash: Hex, { timestamp }: BlobHint): Promise<Uint8Array | undefined> {
    if (timestamp === undefined) throw refusal("cannot be asked without the block's time");
    // Who looks for many blobs must not wait for each of them.
    if (Date.now() < this.restsUntil) throw refusal("did not answer a moment ago");
    return this.find(hash, timestamp).catch((error: unknown) => {
      if ((error as Error | undefined)?.name === "TimeoutError") this.restsUntil = Date.now() + RESTS * this.timeout;
      throw error;
    });
  }

  private async find(hash: Hex, timestamp: number): Promise<Uint8Array | undefined> {
    const slot = await this.slotAt(timestamp);
    const blobs = await this.request(`beacon/blobs/${slot}`, { versioned_hashes: hash });
    if (blobs.status === 200) return this.choose(listOf<Hex>(blobs), hash);
    const sidecars = await this.request(`beacon/blob_sidecars/${slot}`);
    if (sidecars.status === 200) return chooseSidecar(listOf<Sidecar>(sidecars), hash);
    throw refusal(`slot ${slot}: blobs ${blobs.message}; blob_sidecars ${sidecars.message}`);
  }

  /** A node may leave out what was not asked for, or not: then the blobs themselves say which it is. */
  private async choose(blobs: readonly Hex[], hash: Hex): Promise<Uint8Array | undefined> {
    if (blobs.length === 1) return hexToBytes(blobs[0]);
    for (const blob of blobs.map(hexToBytes)) {
      const commitment = await this.kzg.commit(blob).catch(() => undefined);
      if (commitment && versionedHash(commitment) === hash) return blob;
    }
    return undefined;
  }

  private async slotAt(timestamp: number): Promise<number> {
    this.clock ??= this.readClock();
    this.clock.catch(() => (this.clock = undefined));
    const { genesis, secondsPerSlot } = await this.clock;
    return Math.floor((timestamp - genesis) / secondsPerSlot);
  }

  private async readClock(): Promise<SlotClock> {
    const [genesis, spec] = await Promise.all([this.request("beacon/genesis"), this.request("config/spec")]);
    if (genesis.status !== 200) throw refusal(`genesis ${genesis.message}`);
    const seconds = Number((spec.data as { SECONDS_PER_SLOT?: string } | undefined)?.SECONDS_PER_SLOT);
    return {
      genesis: Number((genesis.data as { genesis_time: string }).genesis_time),
      secondsPerSlot: seconds > 0 ? seconds : DEFAULT_SECONDS_PER_SLOT,
    };
  }

  private async request(path: string, query: Readonly<Record<string, string>> = {}): Promise<Reply> {
    const address = new URL(this.base);
    address.pathname = `${address.pathname.replace(/\/$/, "")}/eth/v1/${path}`;
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    const response = await fetch(address, {
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(this.timeout),
    });
    const body = parse(await textOf(response));
    const message = typeof body.message === "string" ? body.message : response.statusText;
    return { status: response.status, data: body.data, message: `${response.status} ${message}`.trim() };
  }
}

/** What a node says, which may be without end. */
async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MOST_BYTES) throw refusal(`answered with more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function chooseSidecar(sidecars: readonly Sidecar[], hash: Hex): Uint8Array | undefined {
  const found = sidecars.find((sidecar) => versionedHash(sidecar.kzg_commitment) === hash);
  return found && hexToBytes(found.blob);
}

function listOf<Item>(reply: Reply): readonly Item[] {
  if (Array.isArray(reply.data)) return reply.data as Item[];
  throw refusal("answered without a list of blobs");
}

function parse(text: string): { data?: unknown; message?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as { data?: unknown; message?: unknown };
  } catch {
    return {};
  }
}

function refusal(message: string): RollupError {
  return new RollupError("BEACON_REFUSED", message);
}
