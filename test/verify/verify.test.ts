import { createRequire } from "node:module";

import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatVerify from "@nomicfoundation/hardhat-verify";
import { expect } from "chai";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";

import { artifactOf } from "../../plugin/artifacts.js";
import { resolveChain } from "../../plugin/config/resolve.js";
import { deployChain, type Deployed } from "../../plugin/deploy.js";
import hardhatRollup from "../../plugin/index.js";
import { anyOf, atLeast, attested, unchallenged } from "../../plugin/rules/builders.js";
import { openExplorer } from "../../plugin/verify/openExplorer.js";
import { Sourcify } from "../../plugin/verify/sourcify.js";
import { verifyChain } from "../../plugin/verify/verifyChain.js";
import { LOOP } from "../helpers/chains.js";
import { FakeExplorers, type Submission } from "./fakeExplorers.js";

const RULE = anyOf(attested("members", 19), atLeast(1, unchallenged("1d"), unchallenged("2d")));
const CONFIG = resolveChain("test", { mode: "anytrust", history: "calldata", rule: RULE }, import.meta.dirname);

/** solc is JavaScript here and takes its time: these alone are compiled unless all are asked for. */
const COMPILED = process.env.VERIFY_ALL === undefined ? ["Unchallenged", "PreimageStore", "Inbox"] : undefined;

const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };

interface Code {
  readonly object: string;
  readonly immutableReferences?: unknown;
}

interface Output {
  readonly contracts: Record<string, Record<string, { readonly evm: { bytecode: Code; deployedBytecode: Code } }>>;
}

describe("the contracts of a chain, on block explorers", function () {
  this.timeout(COMPILED === undefined ? 1_200_000 : 240_000);
  let hre: HardhatRuntimeEnvironment;
  let connection: NetworkConnection;
  let deployed: Deployed;
  let fake: FakeExplorers;
  let refuses: string | undefined;

  before(async () => {
    fake = await FakeExplorers.start(judge);
    const etherscan = { name: "Fakescan", url: fake.url, apiUrl: `${fake.url}/api` };
    hre = await createHardhatRuntimeEnvironment({
      plugins: [hardhatEthers, hardhatVerify, hardhatRollup],
      chainDescriptors: { 31337: { name: "development", blockExplorers: { etherscan } } },
      verify: { etherscan: { apiKey: "the key" }, sourcify: { apiUrl: fake.url } },
    });
    connection = await hre.network.create();
    deployed = await deployChain({ connection, config: CONFIG, program: LOOP });
  });
  beforeEach(() => {
    fake.submissions.length = 0;
    refuses = undefined;
  });
  after(() => fake.stop());

  /** Whether what is submitted gives what was deployed: compiled with solc, from nothing but what was submitted. */
  async function judge({ address, contract, compiler, input, constructorArguments }: Submission): Promise<boolean> {
    const [file, name] = contract.split(":");
    if (name === refuses) return false;
    if (compiler !== "v0.8.37+commit.f401782d") return false;
    if (!(file in (JSON.parse(input) as { sources: object }).sources)) return false;
    if (COMPILED !== undefined && !COMPILED.includes(name)) return true;
    const { evm } = (JSON.parse(solc.compile(input)) as Output).contracts[file][name];
    const code = await connection.ethers.provider.getCode(address);
    const artifact = await artifactOf(file.slice("project/contracts/".length));
    // What is deployed begins with what is compiled, and ends with what the constructor was given.
    expect(`0x${evm.bytecode.object}`).to.equal(artifact.bytecode);
    expect(code.length).to.equal(2 + evm.deployedBytecode.object.length);
    const created = await creationOf(address);
    return created === undefined || created === `0x${evm.bytecode.object}${constructorArguments}`;
  }

  /** The data of the transaction that made a contract; undefined if a contract did. */
  async function creationOf(address: string): Promise<string | undefined> {
    const { provider } = connection.ethers;
    for (let number = await provider.getBlockNumber(); number > 0; number--) {
      for (const { hash, data } of (await provider.getBlock(number, true))!.prefetchedTransactions) {
        const receipt = await provider.getTransactionReceipt(hash);
        if (receipt?.contractAddress?.toLowerCase() === address.toLowerCase()) return data;
      }
    }
    return undefined;
  }

  it("are all submitted to Etherscan, with their arguments, and clones with what they run", async () => {
    const explorer = await openExplorer("etherscan", connection, hre.config);
    const results = await verifyChain(deployed.chain, explorer);
    const named = (result: string) => results.filter((one) => one.result === result).map(({ contract }) => contract);
    expect(named("failed")).to.deep.equal([]);
    expect(named("verified").sort()).to.deep.equal([
      ...["AnyOf", "AtLeast", "Attested", "BlobSource", "Bridge", "CalldataHistory", "CalldataSource", "Committee"],
      ...[
        "CommitteeSource",
        "Inbox",
        "Messenger",
        "PreimageStore",
        "Rollup",
        "RollupFactory",
        "RuleFactory",
        "Unchallenged",
      ],
      "WasmMachine",
    ]);
    expect(named("linked").sort()).to.deep.equal(
      ["AnyOf", "AtLeast", "Attested", "Bridge", "Inbox", "Messenger", "Rollup", "Unchallenged", "Unchallenged"].map(
        (name) => `${name}, a clone`,
      ),
    );
    expect([...fake.keys]).to.deep.equal(["the key"]);
    const { submissions } = fake;
    for (const { address, constructorArguments } of submissions) {
      const data = await creationOf(address);
      expect(data === undefined || data.endsWith(constructorArguments), address).to.equal(true);
    }
    const longest = Math.max(...submissions.map(({ input }) => input.length));
    expect(longest, "a contract is submitted with what it imports alone").to.be.below(400_000);
    const implementations = submissions.map(({ address }) => address.toLowerCase());
    for (const [, implementation] of fake.links) expect(implementations).to.include(implementation.toLowerCase());
  });

  it("are not submitted again where they are known", async () => {
    const explorer = await openExplorer("etherscan", connection, hre.config);
    const results = await verifyChain(deployed.chain, explorer);
    expect(fake.submissions).to.deep.equal([]);
    expect(results.filter(({ result }) => result === "was verified")).to.have.length(17);
  });

  it("are submitted to Sourcify, which keeps what was refused apart", async () => {
    refuses = "Committee";
    const other = await deployChain({ connection, config: CONFIG, program: LOOP });
    const results = await verifyChain(other.chain, new Sourcify(fake.url, 31337n, 1));
    const committee = results.find(({ contract }) => contract === "Committee");
    expect(committee).to.include({ result: "failed", message: "The code is another." });
    expect(results.filter(({ result }) => result === "failed")).to.have.length(1);
    expect(fake.submissions.map(({ contract }) => contract)).to.include("project/contracts/Rollup.sol:Rollup");
  });

  it("are not taken for this package's where their code is another", async () => {
    const { machine } = deployed.deployment.addresses;
    const code = await connection.ethers.provider.getCode(machine);
    const changed = `${code.slice(0, 100)}${code[100] === "0" ? "1" : "0"}${code.slice(101)}`;
    await connection.provider.request({ method: "hardhat_setCode", params: [machine, changed] });
    const results = await verifyChain(deployed.chain, await openExplorer("etherscan", connection, hre.config));
    await connection.provider.request({ method: "hardhat_setCode", params: [machine, code] });
    expect(results.filter(({ result }) => result === "failed")).to.deep.include({
      contract: "machine",
      address: machine,
      result: "failed",
      message: "its code is not what this version of the package deploys",
    });
  });

  it("need a block explorer that is known, and there", async () => {
    const code = (promise: Promise<unknown>) =>
      promise.then(
        () => "none",
        (error: { code?: string; message: string }) => error.code ?? error.message,
      );
    expect(await code(openExplorer("google", connection, hre.config))).to.equal("ARGUMENT_INVALID");
    const bare = await createHardhatRuntimeEnvironment({ plugins: [hardhatEthers, hardhatRollup] });
    const unconfigured = openExplorer("etherscan", await bare.network.create(), bare.config);
    expect(await code(unconfigured)).to.contain('"31337" is not supported');
    const nowhere = new Sourcify("http://127.0.0.1:1", 31337n, 1);
    expect(await code(verifyChain(deployed.chain, nowhere))).to.equal("EXPLORER_UNREACHABLE");
  });
});
