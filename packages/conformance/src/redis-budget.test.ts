import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

import { redisMissing, startRedisServer } from './servers/redis-server.ts'

const missing = process.env['CI'] === undefined ? redisMissing() : undefined

/** Reserves 200 times at once, settles a half of what it gets, and prints how many it got. */
const program = (url: string): string => `
  const { createRedisBudgetStore } = await import('@plumbline/core/redis-budget')
  const { budgetWindows } = await import('@plumbline/core')
  const { Redis } = await import('ioredis')
  const client = new Redis(${JSON.stringify(url)})
  const store = createRedisBudgetStore({ client, timeoutMs: 10_000 })
  const nowMs = Date.UTC(2026, 10, 24, 12)
  const windows = budgetWindows({ eachTenant: { dayUsd: 0.0000001 } }, 'acme', nowMs)
  const claims = Array.from({ length: 200 }, () => ({ id: crypto.randomUUID(), tenant: 'acme', amountNanoUsd: 1, windows, nowMs }))
  const answers = await Promise.all(claims.map(async (claim, index) => {
    const { refused } = await store.reserve(claim)
    if (!refused && index % 2 === 0) await store.settle(claim, 1)
    return refused === undefined
  }))
  console.log(answers.filter(Boolean).length)
  client.disconnect()
`

test.skipIf(missing !== undefined)(
  `two processes at once get what one budget allows${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  async () => {
    const redis = await startRedisServer()
    try {
      const args = ['--conditions=@plumbline/source', '--input-type=module', '-e', program(redis.url)]
      const run = () =>
        promisify(execFile)(process.execPath, args, { timeout: 100_000, cwd: import.meta.dirname })
      const granted = (await Promise.all([run(), run()])).map(({ stdout }) => Number(stdout))
      expect((granted[0] ?? 0) + (granted[1] ?? 0)).toBe(100)
    } finally {
      await redis.stop()
    }
  },
)
