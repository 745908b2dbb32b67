/** What makes each version of a node's file of the one before; never changed, only added to. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE blocks (number INTEGER PRIMARY KEY, hash TEXT NOT NULL);

  CREATE TABLE inputs (
    number INTEGER PRIMARY KEY, hash TEXT NOT NULL, kind TEXT NOT NULL, header TEXT NOT NULL, block INTEGER NOT NULL,
    appended INTEGER NOT NULL, posted BLOB, posting TEXT, data BLOB
  );
  CREATE INDEX inputs_by_block ON inputs (block);

  CREATE TABLE messages (
    message INTEGER PRIMARY KEY, kind INTEGER NOT NULL, sender TEXT NOT NULL, commitment TEXT NOT NULL,
    data BLOB NOT NULL, queued_at INTEGER NOT NULL, block INTEGER NOT NULL
  );

  CREATE TABLE events (
    place INTEGER PRIMARY KEY AUTOINCREMENT, block INTEGER NOT NULL, address TEXT NOT NULL, posting TEXT NOT NULL,
    timestamp INTEGER NOT NULL, topics TEXT NOT NULL, data TEXT NOT NULL
  );

  CREATE TABLE preimages (hash TEXT PRIMARY KEY, as_of INTEGER NOT NULL, published_at INTEGER, data BLOB);

  CREATE TABLE executions (
    number INTEGER PRIMARY KEY, steps INTEGER NOT NULL, total INTEGER NOT NULL, outcome TEXT NOT NULL,
    state TEXT NOT NULL, hash TEXT NOT NULL, logs BLOB NOT NULL
  );

  CREATE TABLE snapshots (end INTEGER PRIMARY KEY, hash TEXT NOT NULL, image TEXT NOT NULL, pages BLOB NOT NULL);
  CREATE TABLE pages (id INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE, data BLOB NOT NULL);

  CREATE TABLE intents (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, chain_id INTEGER NOT NULL, key TEXT NOT NULL,
    nonce INTEGER NOT NULL, open INTEGER NOT NULL, content TEXT NOT NULL
  );
  CREATE INDEX intents_by_key ON intents (account, chain_id, key);
  CREATE INDEX intents_open ON intents (account, chain_id, nonce) WHERE open = 1;

  CREATE TABLE transactions (
    place INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE, account TEXT NOT NULL, nonce INTEGER NOT NULL,
    amount TEXT NOT NULL, data BLOB NOT NULL, accepted_at INTEGER NOT NULL, batch TEXT, input INTEGER, refusal TEXT
  );
  CREATE INDEX transactions_waiting ON transactions (place) WHERE batch IS NULL AND input IS NULL AND refusal IS NULL;
  CREATE INDEX transactions_by_batch ON transactions (batch) WHERE batch IS NOT NULL;
  CREATE INDEX transactions_by_input ON transactions (input) WHERE input IS NOT NULL;

  CREATE TABLE payouts (
    place INTEGER PRIMARY KEY, input INTEGER NOT NULL, recipient TEXT NOT NULL, leaf BLOB NOT NULL, content TEXT NOT NULL
  );
  CREATE INDEX payouts_by_recipient ON payouts (recipient);

  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  `,
  `ALTER TABLE executions ADD COLUMN asks_preimages INTEGER NOT NULL DEFAULT 0;`,
  `CREATE TABLE salvaged (place INTEGER PRIMARY KEY, data BLOB NOT NULL, accepted_at INTEGER NOT NULL);`,
  `CREATE TABLE intent_bytes (intent INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (intent, part));`,
];
