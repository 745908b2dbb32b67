import { JsonRpcApiProvider, Network, type JsonRpcError, type JsonRpcPayload, type JsonRpcResult } from "ethers";

import { RollupError } from "../errors.js";
import { EndpointAnswerError } from "./endpoint.js";
import { EndpointPool, type PoolOptions } from "./endpointPool.js";

/** How often ethers looks for new blocks, in milliseconds. */
const POLLING = 1_000;

/** Several endpoints of one settlement layer as one provider of ethers. */
export class SettlementProvider extends JsonRpcApiProvider {
  private constructor(
    private readonly pool: EndpointPool,
    network: Network,
  ) {
    super(network, { staticNetwork: network, batchMaxCount: 1, cacheTimeout: -1, pollingInterval: POLLING });
  }

  /**
   * Makes sure that the endpoints speak of one settlement layer.
   * @throws {RollupError} `ENDPOINTS_UNREACHABLE` if fewer answer than must agree, `ENDPOINTS_DIFFER` if they are of several chains.
   */
  public static async open(options: PoolOptions): Promise<SettlementProvider> {
    const pool = new EndpointPool(options);
    // Those that do not answer now are heard when they do.
    const first = (await pool.request("eth_chainId", [])) as string;
    const votes = await pool.askAll("eth_chainId", []);
    const others = votes.filter(({ answer, error }) => error === undefined && Number(answer) !== Number(first));
    if (others.length > 0) {
      throw new RollupError("ENDPOINTS_DIFFER", "The endpoints are of different settlement layers.", {
        expected: `chain ${Number(first)}`,
        given: others.map(({ endpoint, answer }) => `${endpoint.name}: chain ${Number(answer)}`).join(", "),
        do: "give endpoints of one chain in `config.rollup.l1`",
      });
    }
    return new SettlementProvider(pool, Network.from(Number(first)));
  }

  /** Asks as the settlement layer's nodes are asked: for what ethers leaves out. */
  public request(method: string, params: readonly unknown[]): Promise<unknown> {
    return this.pool.request(method, params);
  }

  public override send(method: string, params: unknown[] | Record<string, unknown>): Promise<unknown> {
    this._start();
    return super.send(method, params);
  }

  public override _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<(JsonRpcResult | JsonRpcError)[]> {
    const payloads = Array.isArray(payload) ? payload : [payload];
    return Promise.all(payloads.map((one) => this.answer(one)));
  }

  /** What an endpoint refuses is for ethers to explain; that none answers is not. */
  private async answer({ id, method, params }: JsonRpcPayload): Promise<JsonRpcResult | JsonRpcError> {
    try {
      return { id, result: await this.pool.request(method, params as unknown[]) };
    } catch (error) {
      if (!(error instanceof EndpointAnswerError)) throw error;
      const { code, message, data } = error;
      return { id, error: { code, message, data } };
    }
  }
}
