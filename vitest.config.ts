import { defineConfig } from 'vitest/config'

// One configuration for every workspace: `vitest run --config ../../vitest.config.ts --root .`
export default defineConfig({
  ssr: { resolve: { conditions: ['@plumbline/source', 'node', 'import', 'default'] } },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 120_000,
    passWithNoTests: false,
  },
})
