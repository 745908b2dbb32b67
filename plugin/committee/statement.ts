import { AbiCoder, keccak256 } from "ethers";

import type { Hex } from "../hex.js";
import { ZERO_WORD } from "../hex.js";
import { addSignatures } from "./bls.js";

/** Twin of `Purpose`. */
export const Purpose = { Assertion: 0, Batch: 1 } as const;

/** Twin of `Statement`: what members sign. */
export interface Statement {
  readonly purpose: (typeof Purpose)[keyof typeof Purpose];
  /** The rollup of an assertion, the inbox of a batch. */
  readonly subject: Hex;
  /** The assertion's parent; 0 for a batch. */
  readonly parent: Hex;
  /** Hash of the last input that it speaks of. */
  readonly accumulator: Hex;
  /** The state hash of an assertion; of a batch what its root and length hash to. */
  readonly value: Hex;
  /** Until when a batch is kept, in seconds; 0 for an assertion. */
  readonly expiry: bigint;
}

/** Twin of `Certificate`. */
export interface Certificate {
  /** Bit `n` is set if the member of seat `n` has signed. */
  readonly signers: bigint;
  /** 128 bytes. */
  readonly signature: Hex;
}

/** A committee as signatures name it. */
export interface CommitteeIdentity {
  readonly chainId: bigint;
  readonly address: Hex;
}

/** One member's signature. */
export interface SeatSignature {
  readonly seat: number;
  /** 128 bytes. */
  readonly signature: Hex;
}

const STATEMENT =
  "tuple(uint8 purpose, address subject, bytes32 parent, bytes32 accumulator, bytes32 value, uint64 expiry)";
const CERTIFICATE = "tuple(uint256 signers, bytes signature)";
const coder = AbiCoder.defaultAbiCoder();

/** Twin of `ICommittee.digestOf`. */
export function statementDigest(committee: CommitteeIdentity, epoch: bigint, statement: Statement): Hex {
  const types = ["uint256", "address", "uint256", STATEMENT];
  return keccak256(coder.encode(types, [committee.chainId, committee.address, epoch, statement])) as Hex;
}

/** Twin of `ICommittee.possessionDigest`. */
export function possessionDigest(committee: CommitteeIdentity, member: Hex, key: Hex): Hex {
  const types = ["uint256", "address", "address", "bytes"];
  return keccak256(coder.encode(types, [committee.chainId, committee.address, member, key])) as Hex;
}

/** Twin of `assertionStatement`. */
export function assertionStatement(rollup: Hex, parent: Hex, stateHash: Hex, lastInput: Hex): Statement {
  return {
    purpose: Purpose.Assertion,
    subject: rollup,
    parent,
    accumulator: lastInput,
    value: stateHash,
    expiry: 0n,
  };
}

/**
 * Twin of `batchStatement`.
 * @param lastInput Hash of the inbox's last input, zero if there is none.
 * @param expiry In seconds.
 */
export function batchStatement(inbox: Hex, lastInput: Hex, root: Hex, length: bigint, expiry: bigint): Statement {
  const value = keccak256(coder.encode(["bytes32", "uint64"], [root, length])) as Hex;
  return { purpose: Purpose.Batch, subject: inbox, parent: ZERO_WORD, accumulator: lastInput, value, expiry };
}

/** Whether no honest member signs both: they answer the same question in different ways. */
export function conflict(a: Statement, b: Statement): boolean {
  const same = (field: "purpose" | "subject" | "parent" | "accumulator"): boolean =>
    String(a[field]).toLowerCase() === String(b[field]).toLowerCase();
  return same("purpose") && same("subject") && same("parent") && same("accumulator") && a.value !== b.value;
}

/** Adds signatures over one statement up. */
export function certify(signatures: readonly SeatSignature[]): Certificate {
  return {
    signers: signatures.reduce((seats, { seat }) => seats | (1n << BigInt(seat)), 0n),
    signature: addSignatures(signatures.map(({ signature }) => signature)),
  };
}

/** What `CommitteeSource.commit` takes. */
export function encodeCertifiedBatch(root: Hex, length: bigint, expiry: bigint, certificate: Certificate): Hex {
  return coder.encode(["bytes32", "uint64", "uint64", CERTIFICATE], [root, length, expiry, certificate]) as Hex;
}

/** The reverse of `encodeCertifiedBatch`. @throws If it is no such thing, which `CommitteeSource` refuses. */
export function decodeCertifiedBatch(posted: Hex): {
  readonly root: Hex;
  readonly length: bigint;
  readonly expiry: bigint;
  readonly certificate: Certificate;
} {
  const [root, length, expiry, [signers, signature]] = coder.decode(
    ["bytes32", "uint64", "uint64", CERTIFICATE],
    posted,
  ) as unknown as [Hex, bigint, bigint, [bigint, Hex]];
  return { root, length, expiry, certificate: { signers, signature } };
}
