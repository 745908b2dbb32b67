import type { Hex } from "../../../plugin/hex.js";
import type { RollupNode } from "../../../plugin/node/node.js";

/** Something false that was said, and how soon somebody honest has contradicted it. */
export interface Answered {
  readonly what: string;
  /** In seconds of the settlement layer; undefined if nobody has. */
  readonly took: number | undefined;
  /** How long there was to do it. */
  readonly allowed: number;
}

/** How soon each assertion and each claim that is not by `honest` was claimed against, or proved wrong. */
export async function readAnswers(view: RollupNode, honest: readonly Hex[]): Promise<Answered[]> {
  const { assertions, claims, chain } = view;
  const isOurs = ({ author }: { readonly author: Hex }): boolean => honest.includes(author);
  const refuted = await refutations(view);
  const lies = assertions.all().filter((assertion) => assertion.parent !== undefined && !isOurs(assertion));
  const window = Number(chain.parameters.windows.at(-1) ?? 0n);
  const ofAssertions = lies.map(({ id, createdAt }) => {
    const times = claims
      .against(id)
      .filter(isOurs)
      .map((claim) => claim.createdAt);
    return { what: `assertion ${id}`, took: soonest(times, createdAt), allowed: window };
  });
  const ofClaims = claims
    .all()
    .filter((claim) => !isOurs(claim))
    .map(({ id, claim, createdAt, deadline, answers }) => {
      const times = [...answers.filter(isOurs).map((answer) => answer.createdAt), ...(refuted.get(id) ?? [])];
      const what = `claim ${id} at level ${claim.level}`;
      return { what, took: soonest(times, createdAt), allowed: Number(deadline - createdAt) };
    });
  return [...ofAssertions, ...ofClaims];
}

/** When a step of each claim was proved wrong. */
async function refutations({ chain }: RollupNode): Promise<Map<Hex, bigint[]>> {
  const { rollup } = chain.contracts;
  const found = new Map<Hex, bigint[]>();
  for (const event of await rollup.queryFilter(rollup.filters.ClaimRefuted(), chain.fromBlock)) {
    const id = event.args.id as Hex;
    const { timestamp } = await event.getBlock();
    found.set(id, [...(found.get(id) ?? []), BigInt(timestamp)]);
  }
  return found;
}

function soonest(times: readonly bigint[], since: bigint): number | undefined {
  return times.length === 0 ? undefined : Math.min(...times.map((time) => Number(time - since)));
}
