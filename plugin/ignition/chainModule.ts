import {
  buildModule,
  type Abi,
  type ContractDeploymentFuture,
  type IgnitionModule,
} from "@nomicfoundation/ignition-core";
import { id } from "ethers";

import type { CertifiedSourceConfig, ChainConfig } from "../config/types.js";
import type { Hex } from "../hex.js";
import type { MachineState } from "../machines/machine.js";
import type { ChainArtifacts } from "./artifacts.js";
import { committeeModule, committeeSourceModule } from "./committeeModule.js";
import { machineModule, partsModule, type ChainContracts, type DeployedParts } from "./partsModule.js";
import { ruleNodes } from "./ruleNodes.js";

/** What a chain is deployed from. */
export interface ChainDeploymentOptions {
  readonly artifacts: ChainArtifacts;
  readonly config: ChainConfig;
  /** Address of the configuration's `sequencer`. */
  readonly sequencer: Hex;
  /** `StepContext.program`. */
  readonly program: Hex;
  /** The machine at its first wait. */
  readonly genesis: MachineState;
  /** Address of a machine that takes the place of the one that the configuration names. */
  readonly machine?: Hex;
  /** Distinguishes deployments of the same chain that are remembered together. */
  readonly salt?: string;
}

/** The committees that a chain names, each as `committee_<name>`, and `committeeSource`. */
export type CommitteeContracts = Readonly<Record<`committee${string}`, ContractDeploymentFuture<Abi>>>;

/**
 * The module that deploys one chain: the committees and rules that are not there yet, then the chain's clones. Its id depends on everything that
 * the chain is made of: the same chain is found again where a deployment is resumed, another is another module.
 * Results: those of `CommitteeContracts`, `calldataSource`, `blobSource`, `history`, `preimages`, `machine`, `rule`, `rollup`, `inbox`, `bridge`, `messenger`, `rules`, `factory`.
 */
export function chainModule(
  options: ChainDeploymentOptions,
): IgnitionModule<string, string, DeployedParts & ChainContracts & CommitteeContracts> {
  const { artifacts, config } = options;
  const committeeModules = new Map(
    config.committees.map((made) => [made.name, committeeModule(artifacts.parts, made)]),
  );
  const sourceModule = (source: CertifiedSourceConfig) =>
    committeeSourceModule(artifacts.parts, committeeModules.get(source.committee)!, source);
  return buildModule(moduleId(options), (m) => {
    const shared = partsModule(artifacts.parts);
    const parts = m.useModule(shared);
    const { machine } = m.useModule(machineModule(shared, artifacts.machine));
    const committees = new Map([...committeeModules].map(([name, made]) => [name, m.useModule(made).committee]));
    const certified = config.sources.filter((source) => source.kind === "committee");
    const certifiedSources = certified.map((source) => m.useModule(sourceModule(source)).source);
    const nodes = ruleNodes(config.rule, (name) => committees.get(name)!);
    const makeRule = m.call(parts.rules, "create", [nodes.map((node) => ({ ...node }))]);
    const history = config.history === "blob" ? parts.blobHistory : parts.calldataHistory;
    const rule = m.readEventArgument(makeRule, "RuleCreated", "rule", { emitter: parts.rules });
    const makeChain = m.call(parts.factory, "createChain", [
      {
        sequencer: options.sequencer,
        forceInclusionAfter: config.forceInclusionAfter,
        messageSource: parts.calldataSource,
        sources: config.sources.map(({ kind }) =>
          kind === "committee" ? certifiedSources[0] : parts[`${kind}Source`],
        ),
        batchBudget: config.inputBudget.batch,
        messageBudget: config.inputBudget.message,
        machine: options.machine ?? machine,
        program: options.program,
        genesis: { ...options.genesis },
        rule,
        history,
        inputBits: config.inputBits,
        stepBits: config.stepBits,
        maxInputs: config.maxInputs,
        bank: config.bank,
        minResponse: config.minResponse,
        assertionBond: config.bonds.assertion,
        claimBonds: [...config.bonds.claims],
        burnedShare: config.burnedShare,
        proverShare: config.proverShare,
      },
    ]);
    const created = (name: string) =>
      m.readEventArgument(makeChain, "ChainCreated", name, { id: `${name}Address`, emitter: parts.factory });
    return {
      ...parts,
      ...Object.fromEntries([...committees].map(([name, committee]) => [`committee_${name}`, committee])),
      ...(certifiedSources.length === 0 ? {} : { committeeSource: certifiedSources[0] }),
      history,
      machine,
      rule: m.contractAt("Rule", unchallengedAbi(artifacts), rule),
      rollup: m.contractAt("ChainRollup", artifacts.parts.Rollup, created("rollup")),
      inbox: m.contractAt("ChainInbox", artifacts.parts.Inbox, created("inbox")),
      bridge: m.contractAt("ChainBridge", artifacts.parts.Bridge, created("bridge")),
      messenger: m.contractAt("ChainMessenger", artifacts.parts.Messenger, created("messenger")),
    };
  });
}

/** A rule offers what `IRule` does, whatever it is made of; no artifact is of an interface alone. */
function unchallengedAbi({ parts }: ChainArtifacts) {
  return { ...parts.RuleFactory, contractName: "IRule", abi: RULE_ABI };
}

const RULE_ABI = [
  {
    type: "function",
    name: "windows",
    stateMutability: "view",
    inputs: [],
    outputs: [{ name: "", type: "uint64[]" }],
  },
] as const;

function moduleId({ artifacts, config, ...rest }: ChainDeploymentOptions): string {
  const bytecodes = [...Object.values(artifacts.parts), artifacts.machine].map(({ bytecode }) => bytecode);
  const committees = config.committees.map((made) => committeeModule(artifacts.parts, made).id);
  const text = JSON.stringify([{ ...config, committees }, rest, bytecodes], (_key, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  const name = config.name.replace(/\W/g, "_");
  return `Chain_${name}_${id(text).slice(2, 14)}`;
}
