import type { NetworkConnection } from "hardhat/types/network";

import { selectChain } from "./config/selectChain.js";
import type { ChainConfig, ChainUserConfig, RollupConfig } from "./config/types.js";
import type { Program } from "./machines/machine.js";
import type { TestChain } from "./testing/testChain.js";

/** What `connection.rollup` offers: the project's chains on one network. */
export class RollupConnection {
  public constructor(
    private readonly rollup: RollupConfig,
    private readonly connection: NetworkConnection,
    /** The project's, from which paths of guests start. */
    private readonly root: string,
  ) {}

  /** The network's name. */
  public get network(): string {
    return this.connection.networkName;
  }

  /**
   * A chain's configuration with every part explicit; the only chain's, if none is named.
   * @throws {RollupError} If there is no such chain.
   */
  public config(name?: string): ChainConfig {
    return selectChain(this.rollup, name);
  }

  /**
   * Deploys a chain for a test, with actors that use it, keep it and attack it.
   * @param chain The name of a configured chain, or a configuration; the only chain's, if absent.
   * @param program A built program instead of the configured guest.
   * @throws {RollupError} If there is no such chain, or its guest cannot be built.
   */
  public async deploy(chain?: string | ChainUserConfig, program?: Program): Promise<TestChain> {
    const [{ resolveChain }, { loadProgram }, { TestChain }] = await Promise.all([
      import("./config/resolve.js"),
      import("./guests/program.js"),
      import("./testing/testChain.js"),
    ]);
    const { committees } = this.rollup;
    const config = typeof chain === "object" ? resolveChain("test", chain, this.root, committees) : this.config(chain);
    const built = program ?? (await loadProgram(config));
    return TestChain.deploy(this.connection, config, built);
  }

  /**
   * Makes a chain of which `rollup:snapshot` has written a file, for a test that starts from it: on an embedded network that was made with
   * `snapshotNetwork(file)` and holds nothing yet.
   * @param file The snapshot's path. @param program A built program instead of the configured guest.
   * @throws {RollupError} `SNAPSHOT_UNREADABLE`, `SNAPSHOT_NETWORK`, `SNAPSHOT_DIFFERS`, `GUEST_MISMATCH`, or if the project has no such chain.
   */
  public async restore(file: string, program?: Program): Promise<TestChain> {
    const [{ readSnapshot }, { restoreChain }, { loadProgram }, { TestChain }] = await Promise.all([
      import("./snapshot/snapshot.js"),
      import("./snapshot/restore.js"),
      import("./guests/program.js"),
      import("./testing/testChain.js"),
    ]);
    const snapshot = await readSnapshot(file);
    const config = this.config(snapshot.deployment.chain);
    const built = program ?? (await loadProgram(config));
    return TestChain.of(this.connection, built, await restoreChain(this.connection, config, built, snapshot));
  }
}
