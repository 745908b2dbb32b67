/** The ledger's off-chain half: what its users sign and send, what it reports, and what the bridge pays. */
export * from "./ledger/account.js";
export * from "./ledger/deposit.js";
export * from "./ledger/log.js";
export * from "./ledger/outputs.js";
export * from "./ledger/transaction.js";
export * from "./ledger/signers.js";
