import { createPriceBook, type BudgetStore, type CallContext } from '@plumbline/core'
import { createRedisBudgetStore, type RedisBudgetOptions } from '@plumbline/core/redis-budget'
import { Redis } from 'ioredis'

import { defineClause } from '../clause.ts'
import { readAll, type Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import { provider, type Reply } from '../servers/provider.ts'
import { startRedisServer, type RedisServer } from '../servers/redis-server.ts'

// Only the output costs: a tenth of a cent a call.
const prices = createPriceBook({
  overrides: [{ model: 'gpt-4o', inputNanoUsdPerToken: 0, outputNanoUsdPerToken: 10_000 }],
})
const callUsd = 0.001
const callNanoUsd = 1_000_000
const yes: Reply = { text: 'Yes.', usage: { prompt_tokens: 10, completion_tokens: 100 } }
const money = (text: string) => ask(text, { max_completion_tokens: 100 })
const acme: CallContext = { tenant: 'acme {corp}' }

/** On a machine so busy that Redis takes over 100 ms, each process would rightly go by its own count: not what is asked here. */
const patient = { timeoutMs: 10_000 }

/** A store as another process has it: over a connection of its own, with a count of its own. */
type OpenStore = (options?: Partial<RedisBudgetOptions>) => BudgetStore

async function withRedis(
  { clock }: Lab,
  run: (redis: RedisServer, open: OpenStore) => Promise<void>,
): Promise<void> {
  const redis = await startRedisServer()
  const clients: Redis[] = []
  try {
    await run(redis, (options = {}) => {
      const client = new Redis(redis.url, { maxRetriesPerRequest: 0, retryStrategy: () => 50 })
      client.on('error', () => {})
      clients.push(client)
      return createRedisBudgetStore({ client, clock, ...options })
    })
  } finally {
    for (const client of clients) client.disconnect()
    await redis.stop()
  }
}

/** The promise, whose rejection is nobody's loss when the scenario fails before it is awaited. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

export const CST10 = defineClause({
  id: 'CST-10',
  sentence:
    'A budget in Redis is one for all processes that share it, whatever they do at once; while Redis does not answer, a call is at most 100 ms late and goes by what its own process has counted, as a counted loss (R).',
  origin: 'user expectation',
  kind: 'entrant',
  requires: 'redis',
  needs: ['budgets', 'chat', 'stream', 'metrics', 'cost', 'price-cards', 'logger', 'clock'],
  scenarios: [
    {
      name: 'what one process has spent is spent for the other one, and both warn once together',
      case: 'ordinary',
      run: (lab) =>
        withRedis(lab, async (redis, open) => {
          const { check, faults, pipeline, clock, logger } = lab
          const server = await faults(provider(yes))
          const limits = { eachTenant: { hourUsd: 4 * callUsd }, warnAt: 0.5 }
          const [here, there] = [open(patient), open(patient)].map((store) =>
            pipeline({ server, prices, budgets: { ...limits, store } }),
          ) as [ReturnType<Lab['pipeline']>, ReturnType<Lab['pipeline']>]
          for (const made of [here, there, here, there]) await made.chat(money('Hello'), acme)
          const error = await check.rejectsWithCode(there.chat(money('Hello'), acme), 'BUDGET_EXCEEDED')
          check.equal('usedNanoUsd' in error && error.usedNanoUsd, 4 * callNanoUsd, 'used')
          const warnings = logger.events.filter(({ event }) => event['event'] === 'llm_budget_warning')
          check.equal(warnings.length, 1, 'warnings')
          clock.advance(3_600_000)
          await here.chat(money('Hello'), acme)
          for (const key of await redis.admin.keys('*')) {
            check.lacks(key, 'acme', 'a key')
            check.between(await redis.admin.pttl(key), 1, 86_400_000, 'the TTL of a key')
          }
        }),
    },
    {
      name: 'a call that makes exactly the budget of both passes, one nano-dollar more does not',
      case: 'boundary',
      run: (lab) =>
        withRedis(lab, async (_, open) => {
          const { check, faults, pipeline } = lab
          const server = await faults(provider(yes))
          const limits = { exact: { dayUsd: 0.003 }, short: { dayUsd: 0.002999999 } }
          const [here, there] = [open(patient), open(patient)].map((store) =>
            pipeline({ server, prices, budgets: { tenants: limits, store } }),
          ) as [ReturnType<Lab['pipeline']>, ReturnType<Lab['pipeline']>]
          for (const tenant of ['exact', 'short']) {
            for (const made of [here, there]) await made.chat(money('Hello'), { tenant })
          }
          await check.rejectsWithCode(there.chat(money('Hello'), { tenant: 'short' }), 'BUDGET_EXCEEDED')
          await here.chat(money('Hello'), { tenant: 'exact' })
          check.equal(server.journal.length, 5, 'requests at the provider')
        }),
    },
    {
      name: 'of 64 calls at once from two processes as many are sent as fit, and what is aborted fits again',
      case: 'nasty',
      run: (lab) =>
        withRedis(lab, async (_, open) => {
          const { check, faults, pipeline } = lab
          const server = await faults(provider({ ...yes, beforeFirst: [{ gate: 'go' }] }))
          const limits = { eachTenant: { hourUsd: 10 * callUsd, dayUsd: 20 * callUsd } }
          const made = [open(patient), open(patient)].map((store) =>
            pipeline({ server, prices, budgets: { ...limits, store } }),
          )
          const controller = new AbortController()
          const context = { ...acme, signal: controller.signal }
          const first = made.map((one) => handled(one.chat(money('Leaves'), context)))
          await server.received(2)
          controller.abort()
          for (const call of first) await check.rejectsWithCode(call, 'CANCELLED')
          const calls = Array.from({ length: 64 }, (__, call) =>
            made[call % 2]?.chat(money(`Hello ${call}`), acme),
          ).map((call) => handled(Promise.resolve(call)))
          await server.received(12)
          server.release('go')
          const ends = await Promise.allSettled(calls)
          check.equal(ends.filter(({ status }) => status === 'fulfilled').length, 10, 'calls answered')
          check.equal(server.journal.length, 12, 'requests at the provider')
        }),
    },
    {
      name: 'a Redis that is frozen delays a call by at most 100 ms, its own count still stops it, and a dead one likewise',
      case: 'nasty',
      run: (lab) =>
        withRedis(lab, async (redis, open) => {
          const { check, faults, pipeline } = lab
          const server = await faults(provider(yes))
          const budgets = { eachTenant: { dayUsd: 3 * callUsd }, store: open() }
          const made = pipeline({ server, prices, budgets })
          await made.chat(money('Hello'), acme)
          redis.freeze()
          const startMs = performance.now()
          await made.chat(money('Hello'), acme)
          // The call itself takes some milliseconds, on a busy machine some more.
          check.between(performance.now() - startMs, 0, 400, 'ms of a call while Redis is frozen')
          await redis.kill()
          await readAll(made.stream(money('Hello'), acme))
          await check.rejectsWithCode(made.chat(money('Hello'), acme), 'BUDGET_EXCEEDED')
          check.equal(server.journal.length, 3, 'requests at the provider')
          check.between(made.metrics.summary().losses['budget'], 3, 8, 'counted losses')
          const strict = pipeline({
            server,
            prices,
            budgets: { eachTenant: { dayUsd: 3 * callUsd }, store: open({ whenDown: 'refuse' }) },
          })
          await check.rejectsWithCode(strict.chat(money('Hello'), acme), 'BUDGET_EXCEEDED')
        }),
    },
  ],
})
