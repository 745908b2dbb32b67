import type { Chain } from "../../chain.js";
import type { SqliteFile } from "../../database/sqliteFile.js";
import type { Program } from "../../machines/machine.js";
import type { NodeStore } from "../../node/nodeStore.js";
import { batchReaders } from "../../sources/batchReaders.js";
import { BlockTable } from "./blockTable.js";
import { EventTable } from "./eventTable.js";
import { ExecutionTable, type ExecutionListener } from "./executionTable.js";
import { InputTable, type InputListener } from "./inputTable.js";
import { PreimageTable } from "./preimageTable.js";

/** How often a machine is written down at most, in milliseconds: what is executed again after a kill takes about as long. */
const SNAPSHOT_INTERVAL = 5_000;

/** What a node knows of its chain, in its file. */
export class DatabaseStore implements NodeStore {
  public readonly inputs: InputTable;
  public readonly executions: ExecutionTable;
  public readonly preimages: PreimageTable;
  public readonly events: EventTable;
  public readonly blocks: BlockTable;
  private prunedTo = 0;

  /** @param listener Told of inputs and executions within the commits that write them down. */
  public constructor(
    private readonly file: SqliteFile,
    chain: Chain,
    program: Program,
    listener?: ExecutionListener & InputListener,
    snapshotInterval: number = SNAPSHOT_INTERVAL,
  ) {
    const { addresses, contracts } = chain;
    this.inputs = new InputTable(file, batchReaders(chain), listener);
    this.executions = new ExecutionTable(file, program, this.inputs, snapshotInterval, listener);
    this.preimages = new PreimageTable(file);
    this.events = new EventTable(file, addresses.rollup, contracts.rollup.interface);
    this.blocks = new BlockTable(file);
  }

  /** What is derived can be derived anew: it need not survive a loss of power. */
  public commit<T>(work: () => T): T {
    return this.file.commit(work, false);
  }

  public prune(end: number): void {
    if (end <= this.prunedTo || end > this.executions.count) return;
    this.commit(() => {
      const first = this.executions.prune(end);
      // The last input before what is needed is named by the next one's header, and by an assertion.
      this.inputs.prune(Math.min(first, end - 1));
    });
    this.prunedTo = end;
  }
}
