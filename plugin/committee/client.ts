import type { Signer } from "ethers";
import type { z } from "zod";

import { RollupError } from "../errors.js";
import { bytesToHex, hexToBytes, type Hex } from "../hex.js";
import { verifyWord, WordTree } from "../sources/wordTree.js";
import { BatchFinder, type GoodBatch } from "./batchFinder.js";
import { BatchMissingError, type BatchAttempt, type BatchPlace } from "./batchPlace.js";
import { signOrder } from "./batchOrder.js";
import { CERTIFICATE_DOMAIN, verify } from "./bls.js";
import { collect, type Asked, type Collected } from "./collect.js";
import type { CommitteeView } from "./committee.js";
import { MemberClient } from "./memberClient.js";
import type { Seat } from "./seats.js";
import { batchStatement, encodeCertifiedBatch, type SeatSignature, type Statement } from "./statement.js";
import { signatureAnswer, type AssertionRequest, type BatchRequest, type SignatureAnswer } from "./wire.js";

/** How a committee's members are reached. */
export interface CommitteeClientOptions {
  /** Addresses of members' servers, by member in lower case; may change at any time. Those that are missing count as silent. */
  readonly members: Map<Hex, string>;
  /** How long a certificate is waited for, in milliseconds. */
  readonly certificateTimeout: number;
  /** How long one member's data is waited for before the next one is asked, in milliseconds; 5 seconds if absent. */
  readonly dataTimeout?: number;
}

/** A batch to be certified. */
export interface BatchToCertify {
  readonly inbox: Hex;
  /** Hash of the inbox's last input, zero if there is none. */
  readonly lastInput: Hex;
  readonly data: Uint8Array;
  /** In seconds. */
  readonly expiry: bigint;
}

/** Where a batch is looked for, besides all members. */
export interface BatchSearch {
  /** Asked before any member. */
  readonly first?: BatchPlace;
  /** The members who promised to keep it, who are asked before the others. */
  readonly signers?: () => Promise<readonly Hex[]>;
}

/** A certificate that a batch's bytes are kept. */
export interface CertifiedBatch extends Collected {
  readonly root: Hex;
  readonly expiry: bigint;
  /** What `CommitteeSource.commit` takes. */
  readonly posted: Hex;
}

/** Collects what members sign, and what they keep. Every signature and every byte is checked here; nobody is believed. */
export class CommitteeClient {
  private readonly finder = new BatchFinder();

  public constructor(
    public readonly committee: CommitteeView,
    private readonly options: CommitteeClientOptions,
  ) {}

  /** Its members, as far as their addresses are known now. */
  public get members(): readonly MemberClient[] {
    const { members, dataTimeout = 5_000 } = this.options;
    return [...members].map(([member, url]) => new MemberClient(lower(member), url, dataTimeout));
  }

  /** Learns where a member's server is. */
  public reach(member: Hex, url: string): void {
    this.options.members.set(lower(member), url);
  }

  /**
   * Has a batch kept and signed by at least `quorum` members of the current epoch.
   * @param sequencer Whose order members follow.
   * @throws {QuorumMissedError}
   */
  public async certifyBatch(batch: BatchToCertify, quorum: number, sequencer: Signer): Promise<CertifiedBatch> {
    const { inbox, lastInput, data, expiry } = batch;
    const { root } = new WordTree(data);
    const length = BigInt(data.length);
    const order = await signOrder(this.committee.identity, { inbox, lastInput, root, length, expiry }, sequencer);
    const epoch = await this.committee.currentEpoch();
    const request: BatchRequest = {
      inbox,
      epoch: Number(epoch),
      lastInput,
      expiry: Number(expiry),
      data: bytesToHex(data),
      order,
    };
    const statement = batchStatement(inbox, lastInput, root, length, expiry);
    const collected = await this.collect("/v1/batches", request, epoch, statement, quorum);
    return { ...collected, root, expiry, posted: encodeCertifiedBatch(root, length, expiry, collected.certificate) };
  }

  /**
   * Has an assertion signed by at least `quorum` members of an epoch, who execute it for that.
   * @param statement See `assertionStatement`.
   * @throws {QuorumMissedError}
   */
  public attest(statement: Statement, epoch: bigint, quorum: number): Promise<Collected> {
    const request: AssertionRequest = {
      rollup: statement.subject,
      epoch: Number(epoch),
      parent: statement.parent,
      stateHash: statement.value,
      lastInput: statement.accumulator,
    };
    return this.collect("/v1/assertions", request, epoch, statement, quorum);
  }

  /**
   * The bytes of a batch: members who have signed are asked first, and nobody is waited for alone for long.
   * @throws {BatchMissingError} which says what each has answered.
   */
  public async batch(root: Hex, length: bigint, search: BatchSearch = {}): Promise<GoodBatch> {
    const attempts: BatchAttempt[] = [];
    const near = search.first === undefined ? [] : [search.first];
    const found = await this.finder.find([near], root, length, attempts);
    if (found !== undefined) return found;
    const signers = (await search.signers?.()) ?? [];
    const { members } = this;
    const promised = members.filter(({ member }) => signers.includes(member));
    const others = members.filter(({ member }) => !signers.includes(member));
    const fetched = await this.finder.find([promised, others], root, length, attempts);
    if (fetched !== undefined) return fetched;
    const unknown = signers.filter((signer) => !members.some(({ member }) => member === signer));
    const silent = unknown.map((signer) => ({ place: `member ${signer}`, said: "its server's address is not known" }));
    throw new BatchMissingError(root, [...attempts, ...silent]);
  }

  /**
   * One word of a batch, and what `CommitteeSource.word` takes as its proof, without the rest of the batch.
   * @throws {BatchMissingError}
   */
  public async word(root: Hex, length: bigint, index: number): Promise<{ readonly word: Hex; readonly proof: Hex }> {
    const attempts: BatchAttempt[] = [];
    for (const client of this.members) {
      try {
        const { word, siblings } = await client.word(root, index);
        if (verifyWord(root, Number(length), index, hexToBytes(word), hexToBytes(siblings))) {
          return { word, proof: `${word}${siblings.slice(2)}` };
        }
        attempts.push({ place: client.name, said: "gave a word that its proof does not show" });
      } catch (error) {
        attempts.push({ place: client.name, said: (error as Error).message });
      }
    }
    throw new BatchMissingError(root, attempts);
  }

  private async collect(
    path: string,
    request: BatchRequest | AssertionRequest,
    epoch: bigint,
    statement: Statement,
    quorum: number,
  ): Promise<Collected> {
    const { seats, struck } = await this.committee.epoch(epoch);
    const digest = this.committee.digest(epoch, statement);
    const body = JSON.stringify(request);
    const counted = seats.filter(({ seat }) => ((struck >> BigInt(seat)) & 1n) === 0n);
    const asked = counted.map((seat) =>
      this.asked(seat, (client, signal) => client.post(signatureAnswer, path, body, signal), digest, epoch),
    );
    return collect(asked, quorum, this.options.certificateTimeout);
  }

  private asked(
    { seat, member, key }: Seat,
    request: (client: MemberClient, signal: AbortSignal) => Promise<z.output<typeof signatureAnswer>>,
    digest: Hex,
    epoch: bigint,
  ): Asked {
    const client = this.members.find((known) => known.member === member);
    const ask = async (signal: AbortSignal): Promise<SeatSignature> => {
      if (client === undefined) throw new RollupError("MEMBER_UNKNOWN", "its server's address is not known");
      const answer = await request(client, signal);
      signal.throwIfAborted();
      checkSignature(answer, { seat, key, epoch, digest });
      return { seat, signature: answer.signature };
    };
    return { seat, member, url: client?.url, ask };
  }
}

/** @throws {RollupError} `MEMBER_LIES` unless it is the signature that was asked for. */
function checkSignature(
  answer: SignatureAnswer,
  expected: { readonly seat: number; readonly key: Hex; readonly epoch: bigint; readonly digest: Hex },
): void {
  if (answer.seat !== expected.seat || BigInt(answer.epoch) !== expected.epoch) {
    throw lie(
      `It signed for seat ${answer.seat} of epoch ${answer.epoch}; its own is ${expected.seat} of ${expected.epoch}.`,
    );
  }
  if (isGood(expected.key, expected.digest, answer.signature)) return;
  throw lie("It gave a signature that is not good under its key.");
}

function isGood(key: Hex, digest: Hex, signature: Hex): boolean {
  try {
    return verify(key, digest, CERTIFICATE_DOMAIN, signature);
  } catch {
    // It is no point of the curve.
    return false;
  }
}

function lie(sentence: string): RollupError {
  return new RollupError("MEMBER_LIES", sentence);
}

function lower(address: Hex): Hex {
  return address.toLowerCase() as Hex;
}
