import { defineEntrant, type Entrant, type EntrantChatResult } from '@plumbline/conformance'
import { expect, test } from 'vitest'

import { createWorkload } from '../traces/workload.ts'
import { countSetting, replayStartMs } from './count-settings.ts'
import { readPrices } from './prices.ts'

const trace = createWorkload({ requests: 300, seed: 3, popularityExponent: 1.6 })
const prices = await readPrices(['gpt-4o-mini', 'text-embedding-3-small'], replayStartMs)

type KeyOf = (question: string, tenant: string, temperature: unknown) => string | undefined

/** An entrant of a dozen lines that keeps answers under `keyOf`, and says that it has spent nothing. */
function entrantWith(keyOf: KeyOf): Entrant {
  return defineEntrant({
    name: 'tiny',
    version: '0',
    offers: ['chat', 'response-cache'],
    unsupported: {},
    create({ provider, responseCache }) {
      const kept = new Map<string, EntrantChatResult>()
      return {
        async chat(request, { tenant = '' } = {}) {
          const key =
            responseCache === false ? undefined : keyOf(JSON.stringify(request), tenant, request.temperature)
          const known = key === undefined ? undefined : kept.get(key)
          if (known) return known
          const init = { method: 'POST', body: JSON.stringify(request) }
          const answer = await provider.fetch?.(`${provider.baseUrl}/chat/completions`, init)
          const result = { response: (await answer?.json()) as EntrantChatResult['response'] }
          if (key !== undefined) kept.set(key, result)
          return result
        },
      }
    },
  })
}

const count = (keyOf: KeyOf, setting: 'none' | 'exact' = 'exact', isBuild = false) =>
  countSetting({ entrant: entrantWith(keyOf), setting, trace, ttlMs: 60_000, prices, isBuild })

test('without a cache every request is a call; with one, a request whose answer is kept is none', async () => {
  const none = await count(() => undefined, 'none')
  expect(none).toMatchObject({ hitRate: 0, chatCalls: 300, wrongAnswers: 0, failedRequests: 0 })
  const exact = await count((question, tenant, temperature) =>
    temperature === 0 ? tenant + question : undefined,
  )
  expect(exact.hitRate).toBeCloseTo(1 - exact.chatCalls / 300, 10)
  expect(exact.chatCalls).toBeLessThan(250)
  expect(exact.wrongAnswers).toBe(0)
  expect(exact.costNanoUsd).toBeLessThan(none.costNanoUsd)
  // Counted again: nothing in it is left to chance.
  expect(
    await count((question, tenant, temperature) => (temperature === 0 ? tenant + question : undefined)),
  ).toEqual(exact)
})

test('calls that are in flight together are: a cache without single flight asks again', async () => {
  const { facts } = trace
  const exact = await count((question, tenant) => tenant + question)
  expect(exact.hitRate).toBeLessThan(facts.repeatShare)
})

test('an answer to another question and an answer of another tenant are wrong', async () => {
  const cut = await count((question, tenant) => tenant + question.slice(0, 120))
  expect(cut.wrongAnswers).toBeGreaterThan(0)
  expect(cut.crossTenantAnswers).toBe(0)
  const shared = await count((question) => question)
  expect(shared.wrongAnswers).toBeGreaterThan(0)
  expect(shared.crossTenantAnswers).toBe(shared.wrongAnswers)
})

test('a request that failed is no hit, and takes none from the others when it reached the provider', async () => {
  const working = entrantWith(() => undefined)
  let calls = 0
  const failing: Entrant = {
    ...working,
    create(options) {
      const pipeline = working.create(options)
      return {
        async chat(request, context) {
          const result = await pipeline.chat?.(request, context)
          // Every other one fails after it has been paid for.
          if (++calls % 2 === 0 || result === undefined) throw new Error('lost')
          return result
        },
      }
    },
  }
  const row = await countSetting({
    entrant: failing,
    setting: 'none',
    trace,
    ttlMs: 60_000,
    prices,
    isBuild: false,
  })
  expect(row).toMatchObject({ hitRate: 0, chatCalls: 300, failedRequests: 150 })
})

test('a build whose records cost something else than the provider’s journal is refused', async () => {
  await expect(count(() => undefined, 'none', true)).rejects.toThrow('its records cost 0 nano-dollars')
})
