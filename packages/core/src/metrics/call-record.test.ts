import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CancelledError } from '../contract/errors.ts'
import { createCallRecord, type CallFacts } from './call-record.ts'
import { priceUsage, type PriceCard } from './price-card.ts'

const card: PriceCard = {
  provider: 'openai',
  model: 'gpt-4o',
  inputNanoUsdPerToken: 2500,
  cachedInputNanoUsdPerToken: 1250,
  outputNanoUsdPerToken: 10_000,
  source: 'published',
  date: 'book 1',
}
const usage = { inputTokens: 100, cachedInputTokens: 40, outputTokens: 10, reasoningTokens: 4 }
const facts: CallFacts = {
  id: 'call-1',
  operation: 'chat',
  stream: false,
  provider: 'openai',
  model: 'gpt-4o-2024-08-06',
  timestamp: 1000,
  latencyMs: 250,
  outcome: 'success',
  cacheStatus: 'miss',
  attempts: 1,
  card,
}

describe('createCallRecord', () => {
  test('a provider call is billed for its usage and saves nothing', () => {
    expect(createCallRecord({ ...facts, billedUsage: usage })).toEqual({
      id: 'call-1',
      operation: 'chat',
      stream: false,
      provider: 'openai',
      model: 'gpt-4o-2024-08-06',
      tenant: 'default',
      timestamp: 1000,
      latencyMs: 250,
      ...usage,
      usageEstimated: false,
      success: true,
      outcome: 'success',
      cacheStatus: 'miss',
      attempts: 1,
      costNanoUsd: 60 * 2500 + 40 * 1250 + 10 * 10_000,
      savedNanoUsd: 0,
      savedTokens: 0,
      priceSource: 'published',
      priceDate: 'book 1',
    })
  })

  test('a hit is billed nothing and records the money and tokens saved', () => {
    expect(createCallRecord({ ...facts, cacheStatus: 'hit', attempts: 0, savedUsage: usage })).toMatchObject({
      inputTokens: 0,
      outputTokens: 0,
      costNanoUsd: 0,
      savedNanoUsd: priceUsage(card, usage),
      savedTokens: 110,
    })
  })

  test('a blocked input costs nothing, saves nothing and names the rule', () => {
    const record = createCallRecord({
      ...facts,
      outcome: 'blocked',
      attempts: 0,
      blockedBy: 'injection.override',
      error: { name: 'GuardrailBlockedError', code: 'GUARDRAIL_BLOCKED' },
    })
    expect(record).toMatchObject({
      success: false,
      costNanoUsd: 0,
      savedNanoUsd: 0,
      blockedBy: 'injection.override',
    })
  })

  test('an abandoned stream is billed for what is estimated, and keeps class and code of the error', () => {
    const record = createCallRecord({
      ...facts,
      stream: true,
      outcome: 'cancelled',
      timeToFirstChunkMs: 20,
      chunksPerSecond: 50,
      billedUsage: usage,
      usageEstimated: true,
      error: new CancelledError('the caller stopped reading'),
      tenant: 'acme',
      endpoint: '/answer',
      promptVersion: 'v2',
    })
    expect(record).toMatchObject({
      usageEstimated: true,
      error: { name: 'CancelledError', code: 'CANCELLED' },
      timeToFirstChunkMs: 20,
      chunksPerSecond: 50,
      tenant: 'acme',
      endpoint: '/answer',
      promptVersion: 'v2',
    })
    expect(Object.keys(record.error ?? {})).toEqual(['name', 'code'])
  })

  test('billed plus saved is what it would have cost, exactly, at any price and split', () => {
    const tokens = fc.integer({ min: 0, max: 100_000 })
    const part = fc.record({
      inputTokens: tokens,
      cachedInputTokens: fc.constant(0),
      outputTokens: tokens,
      reasoningTokens: fc.constant(0),
    })
    const price = fc.double({ min: 0, max: 1e5, noNaN: true })
    fc.assert(
      fc.property(part, part, price, price, (billedUsage, savedUsage, input, output) => {
        const any = { ...card, inputNanoUsdPerToken: input, outputNanoUsdPerToken: output }
        const record = createCallRecord({ ...facts, card: any, billedUsage, savedUsage })
        const whole = priceUsage(any, {
          inputTokens: billedUsage.inputTokens + savedUsage.inputTokens,
          cachedInputTokens: 0,
          outputTokens: billedUsage.outputTokens + savedUsage.outputTokens,
          reasoningTokens: 0,
        })
        expect(record.costNanoUsd + record.savedNanoUsd).toBe(whole)
        expect(record.savedNanoUsd).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})
