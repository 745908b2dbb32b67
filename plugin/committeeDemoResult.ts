import { formatStake } from "./committee/stake.js";
import { formatDuration } from "./config/duration.js";
import type { CommitteeConfig, SourceKind } from "./config/types.js";
import type { Console } from "./console/console.js";
import { formatCount } from "./console/format.js";

/** One batch from posting to finality. */
export interface FinalityFigures {
  /** Where its bytes are. */
  readonly source: SourceKind;
  /** How many members have signed the assertion about it. */
  readonly attesters: number;
  readonly gas: { readonly batch: number; readonly attest: number; readonly confirm: number };
  /** From the assertion to its confirmation, on L1's clock. */
  readonly secondsToFinality: number;
}

/** What a committee's story comes to; `rollup:demo --mode anytrust --json` prints it. */
export interface CommitteeDemoResult {
  readonly mode: string;
  readonly machine: string;
  readonly guest: string;
  /** Executed by the guest, in all. */
  readonly steps: number;
  readonly committee: { readonly size: number; readonly honest: number; readonly quorum: number };
  /** All members answer. */
  readonly together: FinalityFigures;
  /** All but one are silent. */
  readonly silent: FinalityFigures;
  readonly lie: {
    /** How many members have signed it, and whether these were enough for the rule's shortest way. */
    readonly signers: number;
    readonly quorum: boolean;
    /** From the false assertion to the first claim against it, and to its end, on L1's clock. */
    readonly secondsToClaim: number;
    readonly secondsToEnd: number;
    readonly winner: "honest" | "dishonest";
    readonly instruction: string;
    readonly gas: { readonly honest: number; readonly dishonest: number };
    /** How many lost their stakes, and where these went, in wei. */
    readonly slashed: number;
    readonly reward: string;
    readonly burned: string;
  };
  /** Whether the truth beside the lie was confirmed. */
  readonly confirmed: boolean;
  readonly withdrawal: { readonly wei: string; readonly paid: boolean };
  /** Of wall time, compilation aside. */
  readonly seconds: number;
}

/** Prints what a committee's story came to, for people. */
export function printSummary(
  out: Console,
  { together, silent, lie, ...result }: CommitteeDemoResult,
  committee: CommitteeConfig,
  elapsed: number,
): void {
  const signers = `${lie.signers} of ${committee.size} members${lie.quorum ? ", a quorum" : `, no quorum of ${result.committee.quorum}`}`;
  out.line();
  out.fields({
    chain: `${result.mode}, ${result.guest} on ${result.machine}, ${formatCount(result.steps)} steps`,
    together: describeFinality(together),
    silent: describeFinality(silent),
    lie: `signed by ${signers}; claimed against after ${formatDuration(lie.secondsToClaim)}; the ${lie.winner} party won`,
    slashed: `${lie.slashed} members: ${formatStake(committee, BigInt(lie.reward))} to the reporter, ${formatStake(committee, BigInt(lie.burned))} burned`,
    truth: result.confirmed ? "confirmed" : "NOT CONFIRMED",
    withdrawal: result.withdrawal.paid ? "paid" : "NOT PAID",
    time: `${formatDuration(elapsed)} of the chain's, ${result.seconds} s of yours`,
  });
}

function describeFinality({ source, attesters, gas, secondsToFinality }: FinalityFigures): string {
  const signed = attesters === 0 ? "attested by nobody" : `attested by ${attesters} (${formatCount(gas.attest)} gas)`;
  return `batch in ${source} (${formatCount(gas.batch)} gas), ${signed}, final ${formatDuration(secondsToFinality)} after it was asserted (${formatCount(gas.confirm)} gas)`;
}
