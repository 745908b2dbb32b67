import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

const DEFAULT_EXPORT = "ExportDefaultDeclaration";

export default tseslint.config(
  {
    ignores: [
      "artifacts/",
      "cache/",
      "coverage/",
      "deployments/",
      "dist/",
      "guests/",
      "ignition/deployments/",
      "types/",
    ],
  },
  eslint.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["eslint.config.js"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-restricted-syntax": ["error", { selector: DEFAULT_EXPORT, message: "Give it a name." }],
      "object-shorthand": "error",
      "prefer-const": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      // Hardhat's own `ChainType | string`.
      "@typescript-eslint/no-redundant-type-constituents": "off",
      "@typescript-eslint/prefer-readonly": "error",
      // A function that gives a promise says `async`, so that it never throws at once, whether it awaits or not.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  // Hardhat takes these by their default export.
  {
    files: [
      "**/*.config.ts",
      "plugin/index.ts",
      "plugin/hooks/*.ts",
      "plugin/**/ignition/*.ts",
      "ignition/**/*.ts",
      "tasks/*.ts",
    ],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // Chai's assertions are expressions.
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/explicit-module-boundary-types": "off",
    },
  },
  // What an Ignition module gives is for Ignition to say.
  { files: ["plugin/ignition/*.ts"], rules: { "@typescript-eslint/explicit-module-boundary-types": "off" } },
  { files: ["**/*.js"], extends: [tseslint.configs.disableTypeChecked], rules: { "no-restricted-syntax": "off" } },
);
