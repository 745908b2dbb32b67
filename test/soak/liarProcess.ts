/** A liar: asserts a falsehood beside most truths, wrong by one instruction, and defends it. What it lies is drawn by what it lies about. */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { HDNodeWallet, JsonRpcProvider, NonceManager, type Signer } from "ethers";

import { Chain } from "../../plugin/chain.js";
import type { Deployment } from "../../plugin/deployments.js";
import type { Hex } from "../../plugin/hex.js";
import type { AssertionNode } from "../../plugin/node/assertions.js";
import { RollupNode } from "../../plugin/node/node.js";
import type { View } from "../../plugin/node/view.js";
import { falseTrace } from "../../plugin/testing/liar.js";
import { Lie } from "../../plugin/testing/lie.js";
import { Party } from "../../plugin/testing/party.js";
import { guestProgram } from "../helpers/chains.js";

const { SOAK_URL = "", SOAK_DEPLOYMENT = "", SOAK_SEED = "1" } = process.env;
const PHRASE = "test test test test test test test test test test test junk";
/** Its account's index on the node. */
const ACCOUNT = 4;
const POLL_MILLISECONDS = 1_000;
/** Of so many assertions that could be lied about, one is. */
const ONE_OF = 2;

const deployment = JSON.parse(await readFile(SOAK_DEPLOYMENT, "utf8")) as Deployment;
const provider = new JsonRpcProvider(SOAK_URL, deployment.chainId, { staticNetwork: true, cacheTimeout: -1 });
const wallet = HDNodeWallet.fromPhrase(PHRASE, "", `m/44'/60'/0'/0/${ACCOUNT}`).connect(provider);
const program = await guestProgram("ledger");

/** What it has said, by what it is about. */
const lies = new Map<Hex, Lie>();
/** What it has found nothing to say about. */
const passed = new Set<Hex>();

for (;;) {
  try {
    const chain = await Chain.connect(deployment, provider);
    const node = new RollupNode(chain, program);
    lies.clear();
    passed.clear();
    await live(node);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    await sleep(POLL_MILLISECONDS);
  }
}

async function live(node: RollupNode): Promise<void> {
  const signer = new NonceManager(wallet);
  const view = viewOf(node);
  const party = new Party("liar", false, node, signer, () => view);
  for (;;) {
    await node.sync();
    for (const parent of node.assertions.all()) await consider(node, signer, parent);
    await party.act();
    await sleep(POLL_MILLISECONDS);
  }
}

/** It holds true all its lies at once, and of the rest the truth. */
function viewOf(node: RollupNode): View {
  const about = (parent: Hex | undefined): View => (parent && lies.get(parent)) ?? node.truth;
  return {
    believes: (assertion) => about(assertion.parent?.id).believes(assertion),
    trace: (assertion) => about(assertion.parent?.id).trace(assertion),
    stateAfter: (parent) => about(parent.id).stateAfter(parent),
  };
}

/** Says a lie about what follows an assertion, or remembers that it has. */
async function consider(node: RollupNode, signer: Signer, parent: AssertionNode): Promise<void> {
  const { id, status } = parent;
  if (lies.has(id) || passed.has(id) || parent.next <= parent.end || node.executor.inputCount < parent.next) return;
  const seed = Number(BigInt(id) % 1_000_003n) + Number(SOAK_SEED);
  const me = wallet.address.toLowerCase();
  const said = node.assertions.all().some(({ author, parent: about }) => about?.id === id && author === me);
  if (!said && (seed % ONE_OF !== 0 || (status !== "pending" && status !== "confirmed"))) return;
  const { trace } = await falseTrace(node, parent, { seed });
  const lie = new Lie(node, { parent: id, trace });
  if (!said && !(await assert(node, signer, lie))) passed.add(id);
  else lies.set(id, lie);
}

/** False if something else would have to be said first. */
async function assert(node: RollupNode, signer: Signer, lie: Lie): Promise<boolean> {
  const { validator } = new Party("liar", false, node, signer, () => lie);
  return (await validator.assert()) !== undefined;
}
