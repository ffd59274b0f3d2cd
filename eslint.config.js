import reactHooks from 'eslint-plugin-react-hooks';
import sortImports from 'eslint-plugin-simple-import-sort';
import tseslint from 'typescript-eslint';
import { importLaw } from './main/testing/lint/import-law.ts';

const TIME = [
  ...['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({
    name,
    message: 'take a Clock (main/platform/clock.ts)',
  })),
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'test-results/**', 'vitest.config.ts', '**/*.js', '**/*.mjs', '**/*.cjs'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parserOptions: {
        project: ['shared/tsconfig.json', 'main/tsconfig.json', 'renderer/tsconfig.json', 'e2e/tsconfig.json'],
      },
    },
    plugins: { lineside: { rules: { 'import-law': importLaw } }, 'simple-import-sort': sortImports },
    rules: {
      'lineside/import-law': 'error',
      'simple-import-sort/imports': ['error', { groups: [['^node:', '^@?\\w', '^\\.']] }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      // A zod schema and its type share one name on purpose.
      '@typescript-eslint/no-redeclare': 'off',
      'no-console': 'error',
      'max-lines': ['error', { max: 300 }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'named exports only' },
        { selector: 'TSEnumDeclaration', message: 'use a union' },
      ],
    },
  },
  {
    files: ['main/**/*.ts', 'shared/**/*.ts'],
    ignores: [
      'main/platform/clock.ts',
      ...['launch', 'testing', 'conformance', 'bench'].map((room) => `main/${room}/**`),
      '**/*.test.ts',
    ],
    rules: {
      'no-restricted-globals': ['error', ...TIME],
      'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: 'take a Clock' }],
    },
  },
  { files: ['main/launch/**', 'main/cli.ts', 'main/commands/**', 'main/bench/**'], rules: { 'no-console': 'off' } },
  {
    files: ['renderer/**/*.ts', 'renderer/**/*.tsx'],
    plugins: { 'react-hooks': reactHooks },
    rules: reactHooks.configs.recommended.rules,
  },
  { files: ['**/*.test.ts', '**/*.test.tsx', 'e2e/**'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  {
    // Playwright takes a reporter from the default export.
    files: ['e2e/playwright.config.ts', 'e2e/faults/fault-reporter.ts', 'vitest.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
