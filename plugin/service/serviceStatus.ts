import type { Hex } from "../hex.js";
import { claimsUnder } from "../dispute/strategy.js";
import type { ClaimNode } from "../dispute/claimTree.js";
import type { AssertionNode } from "../node/assertions.js";
import type { MemberBeside } from "./memberBeside.js";
import type { NodeService } from "./nodeService.js";

/** So long without a round that went well, in milliseconds, and a node does not keep up; or so many polls. */
const SILENCE = 30_000;
const SILENT_POLLS = 5;

/** A claim that can be answered, and how long that is. */
export interface OpenClock {
  readonly claim: Hex;
  readonly level: number;
  readonly author: Hex;
  /** In seconds, by the settlement layer's clock. */
  readonly deadline: bigint;
}

/** How a service is doing. */
export interface ServiceStatus {
  readonly chain: string;
  readonly chainId: number;
  readonly roles: readonly string[];
  readonly guest: string;
  /** Of the settlement layer, up to which was read. */
  readonly block: number;
  readonly inputs: number;
  readonly executed: number;
  readonly steps: bigint;
  readonly confirmed: { readonly assertion: Hex | undefined; readonly end: bigint };
  /** Transactions that are in no executed input; those of them that wait for a batch. */
  readonly pending: number;
  readonly waiting: number;
  readonly messages: number;
  readonly assertions: number;
  readonly disputes: readonly {
    readonly assertion: Hex;
    readonly open: number;
    readonly next: OpenClock | undefined;
  }[];
  /** What of this node's accounts is bound by assertions and claims that are undecided, in wei. */
  readonly bonds: bigint;
  /** What transactions have taken since the process began, in wei. */
  readonly fees: bigint;
  /** The committee member that is served beside it. */
  readonly member: { readonly address: Hex; readonly url: string; readonly signatures: number } | undefined;
  /** Why it does not keep up; empty if it does. */
  readonly problems: readonly string[];
}

/** What a service knows without asking anybody. */
export function statusOfService(service: NodeService): ServiceStatus {
  const { node, chain, mempool, transactions } = service;
  const { derivation, executor, assertions } = node;
  const all = assertions.all();
  return {
    chain: chain.name,
    chainId: chain.deployment.chainId,
    roles: service.roles,
    guest: service.view.name,
    block: node.lastBlock,
    inputs: derivation.count,
    executed: Number(executor.inputCount),
    steps: executor.steps,
    confirmed: all.length === 0 ? { assertion: undefined, end: 0n } : confirmedOf(assertions.confirmed),
    pending: mempool.size,
    waiting: transactions.backlog.count,
    messages: derivation.waiting.length,
    assertions: all.length,
    disputes: disputesOf(service, all),
    bonds: bondsOf(service, all),
    fees: service.fees,
    member: service.member && memberOf(service.member),
    problems: problemsOf(service),
  };
}

/** Why a service does not keep up. */
export function problemsOf({ loopStates, node, config, challenger, startedAt }: NodeService): string[] {
  const patience = Math.max(SILENCE, SILENT_POLLS * config.poll * 1_000);
  const problems: string[] = [];
  for (const { name, succeededAt, failure } of loopStates) {
    const since = Date.now() - (succeededAt ?? startedAt);
    if (succeededAt === undefined && failure === undefined) problems.push(`${name}: has not begun`);
    else if (since > patience) problems.push(`${name}: ${failure?.message.split("\n")[0] ?? "its round takes long"}`);
  }
  const { missing } = node.derivation;
  if (missing !== undefined) problems.push(`input ${node.derivation.known}: ${missing.message.split("\n")[0]}`);
  const hindrance = challenger?.hindrance;
  if (hindrance !== undefined) problems.push(`challenger: ${hindrance.message.split("\n")[0]}`);
  return problems;
}

/** The claims under an assertion that can be answered, the one whose time is up first before all. */
export function clocksOf(claims: readonly ClaimNode[]): OpenClock[] {
  return claims
    .filter(({ status }) => status === "open")
    .map(({ id, claim, author, deadline }) => ({ claim: id, level: claim.level, author, deadline }))
    .sort((a, b) => Number(a.deadline - b.deadline));
}

function disputesOf({ node }: NodeService, all: readonly AssertionNode[]): ServiceStatus["disputes"] {
  return all.flatMap(({ id }) => {
    const clocks = clocksOf(claimsUnder(node.claims, id));
    return clocks.length === 0 ? [] : [{ assertion: id, open: clocks.length, next: clocks[0] }];
  });
}

function bondsOf({ node, accounts, chain }: NodeService, all: readonly AssertionNode[]): bigint {
  const { assertionBond, claimBonds } = chain.parameters;
  const asserted = all.filter(({ author, status, parent }) => parent && status === "pending" && accounts.has(author));
  const claimed = node.claims.all().filter(({ author, status }) => status === "open" && accounts.has(author));
  const ofClaims = claimed.reduce((sum, { claim }) => sum + claimBonds[claim.level - 1], 0n);
  return BigInt(asserted.length) * assertionBond + ofClaims;
}

function memberOf({ address, url, signatures }: MemberBeside): ServiceStatus["member"] {
  return { address, url, signatures };
}

function confirmedOf({ id, end }: AssertionNode): ServiceStatus["confirmed"] {
  return { assertion: id, end };
}
