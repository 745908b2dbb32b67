import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { NewTaskDefinition } from "hardhat/types/tasks";

const JSON_FLAG = {
  name: "json",
  description: "Print one JSON value on standard output, and nothing else there",
} as const;
const CHAIN = optional("chain", "The chain's name in config.rollup.chains; the only one if absent");
const FROM = optional("from", "Who acts: an index into the network's accounts, or an address; as configured if absent");
const NODE = optional("node", "The address of a node; the project's own, if it runs, if absent");
const COMMITTEE = optional("committee", "The committee's name; the chain's only one if absent");
const ADVANCE_FLAG = { name: "advance", description: "Move a development network's clock instead of waiting" } as const;

/** Every command of the plugin. What they do is loaded when they run. */
export const TASKS: NewTaskDefinition[] = [
  task("rollup:modes", "Print the modes of a chain and the parts they expand to")
    .addFlag(JSON_FLAG)
    .setAction(() => import("./modes.js"))
    .build(),

  task("rollup:build", "Compile a chain's guest and print its program hash")
    .addOption(CHAIN)
    .addOption(optional("target", "Which machine it is built for; the chain's if absent"))
    .addFlag(JSON_FLAG)
    .setAction(() => import("./build.js"))
    .build(),

  task("rollup:deploy", "Deploy a chain's contracts and remember where they are")
    .addOption(CHAIN)
    .addOption(FROM)
    .addFlag({ name: "dryRun", description: "Show what it would take and whether it would work; change nothing" })
    .addFlag(JSON_FLAG)
    .setAction(() => import("./deploy.js"))
    .build(),

  task("rollup:verify", "Submit the sources of a chain's contracts to a block explorer")
    .addOption(CHAIN)
    .addOption({
      name: "explorer",
      description: "etherscan (by hardhat-verify) or sourcify",
      defaultValue: "etherscan",
    })
    .addFlag(JSON_FLAG)
    .setAction(() => import("./verify.js"))
    .build(),

  task("rollup:snapshot", "Write a deployed chain to a file from which tests start")
    .addOption(CHAIN)
    .addOption(optional("out", "The file; beside the deployment if absent"))
    .addFlag(JSON_FLAG)
    .setAction(() => import("./snapshot.js"))
    .build(),

  task("rollup:status", "Print a chain's inputs, assertions and disputes")
    .addOption(CHAIN)
    .addFlag(JSON_FLAG)
    .setAction(() => import("./status.js"))
    .build(),

  task("rollup:deposit", "Send ETH or tokens into a chain")
    .addOption(CHAIN)
    .addOption(FROM)
    .addOption({ name: "amount", description: 'How much, e.g. "0.5 ether", or "12.5" tokens', defaultValue: "1 ether" })
    .addOption(optional("token", "The ERC-20 contract; ETH if absent"))
    .addOption(optional("to", "Who gets it on the chain; the sender if absent"))
    .addFlag(JSON_FLAG)
    .setAction(() => import("./deposit.js"))
    .build(),

  task("rollup:send", "Hand a transaction to the sequencer, or past it to the inbox")
    .addOption(CHAIN)
    .addOption(FROM)
    .addOption(optional("to", "Ledger guest: who gets it"))
    .addOption({ name: "amount", description: "Ledger guest: how much", defaultValue: "0.1 ether" })
    .addOption(optional("token", "Ledger guest: of which ERC-20 contract; ETH if absent"))
    .addFlag({ name: "withdraw", description: "Ledger guest: take it out to L1 instead of transferring it" })
    .addOption(optional("call", "Ledger guest: call --to on L1 with these bytes, as 0x and hexadecimal digits"))
    .addOption(optional("data", "The guest's transaction as 0x and hexadecimal digits, in place of --to and --amount"))
    .addOption(NODE)
    .addFlag({ name: "l1", description: "Queue it in the inbox, where the sequencer has to take it from" })
    .addFlag(JSON_FLAG)
    .setAction(() => import("./send.js"))
    .build(),

  task("rollup:batch", "Post what was handed to the sequencer, and the L1 messages that wait")
    .addOption(CHAIN)
    .addOption(FROM)
    .addOption({
      name: "source",
      description: "calldata, blob, committee, or auto: a committee, else what is cheapest now",
      defaultValue: "auto",
    })
    .addFlag(JSON_FLAG)
    .setAction(() => import("./batch.js"))
    .build(),

  task("rollup:execute", "Derive a chain from L1 and execute it")
    .addOption(CHAIN)
    .addFlag(JSON_FLAG)
    .setAction(() => import("./execute.js"))
    .build(),

  task("rollup:assert", "Assert the state after the next inputs")
    .addOption(CHAIN)
    .addOption(FROM)
    .addFlag(JSON_FLAG)
    .setAction(() => import("./assert.js"))
    .build(),

  task("rollup:challenge", "Claim against what is wrong and answer claims, until nothing is left to do")
    .addOption(CHAIN)
    .addOption(FROM)
    .addFlag({ name: "once", description: "Do what can be done now, and stop" })
    .addOption({ name: "poll", description: "Seconds between looks at L1", type: ArgumentType.INT, defaultValue: 12 })
    .addFlag(ADVANCE_FLAG)
    .addFlag(JSON_FLAG)
    .setAction(() => import("./challenge.js"))
    .build(),

  task("rollup:confirm", "Confirm the assertions that are final")
    .addOption(CHAIN)
    .addOption(FROM)
    .addFlag(ADVANCE_FLAG)
    .addFlag(JSON_FLAG)
    .setAction(() => import("./confirm.js"))
    .build(),

  task("rollup:committee", "Print a chain's committee: seats, stakes, the next draw, and how likely draws are to fail")
    .addOption(CHAIN)
    .addOption(COMMITTEE)
    .addOption({ name: "honestShare", description: "The part of the pool taken to be honest", defaultValue: "0.8" })
    .addFlag(JSON_FLAG)
    .setAction(() => import("./committee.js"))
    .build(),

  task("rollup:register", "Join a committee's pool with a key and a stake")
    .addOption(CHAIN)
    .addOption(COMMITTEE)
    .addOption(FROM)
    .addOption(optional("key", "The file of the member's secret key, made if there is none; the project's if absent"))
    .addFlag(JSON_FLAG)
    .setAction(() => import("./register.js"))
    .build(),

  task("rollup:leave", "Leave a committee's pool, and take the stake back once it is free")
    .addOption(CHAIN)
    .addOption(COMMITTEE)
    .addOption(FROM)
    .addFlag({ name: "advance", description: "Move a development network's clock instead of waiting" })
    .addFlag(JSON_FLAG)
    .setAction(() => import("./leave.js"))
    .build(),

  task("rollup:rotate", "Begin a committee's next epoch, or say what that waits for")
    .addOption(CHAIN)
    .addOption(COMMITTEE)
    .addOption(FROM)
    .addFlag({ name: "advance", description: "Mine a development network's blocks instead of waiting" })
    .addFlag(JSON_FLAG)
    .setAction(() => import("./rotate.js"))
    .build(),

  task("rollup:attest", "Have the committee sign the assertions that are right, and record who has")
    .addOption(CHAIN)
    .addOption(COMMITTEE)
    .addOption(FROM)
    .addFlag(JSON_FLAG)
    .setAction(() => import("./attest.js"))
    .build(),

  task("rollup:slash", "Take the stakes of members who lied, with evidence")
    .addOption(CHAIN)
    .addOption(COMMITTEE)
    .addOption(FROM)
    .addOption(optional("evidence", "A file with two signed statements that contradict each other"))
    .addOption(optional("assertion", "The wrong assertion whose attesters are slashed; the oldest there is if absent"))
    .addFlag(JSON_FLAG)
    .setAction(() => import("./slash.js"))
    .build(),

  task("rollup:member", "Run a committee member's server: keep batches, execute, and sign what is right")
    .addOption(CHAIN)
    .addOption(optional("from", "Whose server: an index into the network's accounts, or an address"))
    .addOption(COMMITTEE)
    .addOption(optional("key", "File with the secret key; as rollup:register has made it if absent"))
    .addOption(optional("database", "File of what was signed and is kept; beside the deployments if absent"))
    .addOption({ name: "host", description: "Where to listen", defaultValue: "127.0.0.1" })
    .addOption(optional("port", "Where to listen; the configured address's, else a free one, if absent"))
    .addOption({ name: "poll", description: "Seconds between looks at L1", type: ArgumentType.INT, defaultValue: 12 })
    .addFlag(JSON_FLAG)
    .setAction(() => import("./member.js"))
    .build(),

  task("rollup:node", "Run a chain's node until it is stopped: derive, execute, serve users, and act in roles")
    .addOption(CHAIN)
    .addOption({
      name: "roles",
      description: "What it does besides: sequencer, asserter, challenger, member, with commas; or none",
      defaultValue: "sequencer,asserter,challenger",
    })
    .addOption(optional("member", "As member: the committee member's account, an index or an address"))
    .addOption(optional("database", "The chain's file; beside the deployments if absent"))
    .addOption(optional("host", "Where to listen; as configured if absent"))
    .addOption(optional("port", "Where to listen; as configured if absent"))
    .addOption(optional("poll", "Seconds between looks at L1; as configured if absent"))
    .addOption(optional("log", "text or json; text in a terminal, else json, if absent"))
    .addFlag(JSON_FLAG)
    .setAction(() => import("./node.js"))
    .build(),

  task("rollup:query", "Ask a chain's guest, or what is known of an account or a transaction")
    .addOption(CHAIN)
    .addOption(NODE)
    .addOption(optional("account", "Whose balance and nonce; the user's if nothing is asked for"))
    .addOption(optional("data", "What the guest is asked, as 0x and hexadecimal digits"))
    .addOption(optional("transaction", "The hash of a transaction that was sent to a node"))
    .addFlag(JSON_FLAG)
    .setAction(() => import("./query.js"))
    .build(),

  task("rollup:withdraw", "Take out what a confirmed state pays")
    .addOption(CHAIN)
    .addOption(FROM)
    .addOption(optional("index", "The withdrawal's index; all that are not paid if absent"))
    .addOption(optional("to", "Who is paid instead of the recipient, which must be the one who acts"))
    .addOption(NODE)
    .addFlag(JSON_FLAG)
    .setAction(() => import("./withdraw.js"))
    .build(),

  task(
    "rollup:relay",
    "Make the calls of L1 contracts that accounts on the chain have signed and a confirmed state holds",
  )
    .addOption(CHAIN)
    .addOption(FROM)
    .addOption(optional("index", "The message's index; all of the one who acts that were not executed if absent"))
    .addOption(optional("data", "What the contract is called with; what rollup:send has kept if absent"))
    .addFlag(JSON_FLAG)
    .setAction(() => import("./relay.js"))
    .build(),

  task("rollup:reclaim", "Take back the deposits that the guest has rejected in a confirmed state")
    .addOption(CHAIN)
    .addOption(FROM)
    .addOption(optional("input", "The number of the deposit's input; all of the one who acts if absent"))
    .addOption(optional("to", "Who is paid instead of the depositor, which must be the one who acts"))
    .addFlag(JSON_FLAG)
    .setAction(() => import("./reclaim.js"))
    .build(),

  task("rollup:diagnose", "Show one step in full, where two states differ or at a position")
    .addOption(CHAIN)
    .addOption(optional("assertion", "The assertion's id; the oldest that is disputed or wrong if absent"))
    .addOption(optional("position", "Position within the assertion; the first that a dispute has found if absent"))
    .addFlag(JSON_FLAG)
    .setAction(() => import("./diagnose.js"))
    .build(),

  task("rollup:conformance", "Run a folder of conformance tests on a machine")
    .addOption({ name: "machine", description: "Which machine", defaultValue: "wasm" })
    .addOption(
      optional(
        "suite",
        "The folder; for wasm of the specification's tests as wast2json writes them, for riscv of ELF files, for mips of raw images (.bin) or ELF files",
      ),
    )
    .addFlag({ name: "onChain", description: "Prove a sample of every kind of step on the embedded network" })
    .addOption({
      name: "samples",
      description: "With --on-chain: how many steps of each kind",
      type: ArgumentType.INT,
      defaultValue: 4,
    })
    .addFlag(JSON_FLAG)
    .setAction(() => import("./conformance.js"))
    .build(),

  task("rollup:demo", "Tell the whole story of a chain on the embedded network, from deployment to a paid withdrawal")
    .addOption(optional("mode", "rollup, anytrust or short-window, as they come; rollup if absent"))
    .addOption(optional("chain", "A configured chain whose settlement is used"))
    .addOption(optional("machine", "Which machine executes the chain; the configured chain's if absent"))
    .addOption({ name: "seed", description: "Draws the lie", type: ArgumentType.INT, defaultValue: 1 })
    .addFlag(JSON_FLAG)
    .setAction(() => import("./demo.js"))
    .build(),
];

function optional<Name extends string>(name: Name, description: string) {
  return { name, description, type: ArgumentType.STRING_WITHOUT_DEFAULT, defaultValue: undefined } as const;
}
