/**
 * The environment of a command that a test runs as a user would: what this test run has set for Hardhat is not the command's, nor
 * what npm sets for its own children (inside `npx -c` a nested `npx` would take the outer one's command for its own).
 */
export function userEnvironment(): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !/^(HARDHAT_|HH_|NODE_OPTIONS|NODE_ENV|npm_)/.test(name));
  return Object.fromEntries(own);
}
