import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nanoUsdPerToken } from './money.ts'
import { priceUsage } from './price-card.ts'
import { createPriceBook } from './prices.ts'
import { publishedBookDate } from './published-prices.ts'

const at = Date.UTC(2026, 10, 23)
const million = { inputTokens: 1e6, cachedInputTokens: 0, outputTokens: 1e6, reasoningTokens: 0 }
const book = createPriceBook()
const card = async (model: string, provider = 'openai', when = at) =>
  await book.cardFor({ provider, model, at: when })

describe('published prices', () => {
  test('gpt-4o is 2.50 / 10.00 and gpt-4o-mini 0.15 / 0.60 USD per million tokens', async () => {
    expect(await card('gpt-4o')).toEqual({
      provider: 'openai',
      model: 'gpt-4o',
      inputNanoUsdPerToken: 2500,
      cachedInputNanoUsdPerToken: 1250,
      outputNanoUsdPerToken: 10_000,
      source: 'published',
      date: publishedBookDate,
    })
    expect(priceUsage(await card('gpt-4o-mini'), million)).toBe(0.75e9)
  })

  test.each([
    ['gpt-4o-2024-08-06', 'openai', 'gpt-4o'],
    ['openai/gpt-4o', 'openai', 'gpt-4o'],
    ['openai/gpt-4o-2024-08-06', 'gateway', 'gpt-4o'],
    ['openrouter/openai/gpt-4o', 'gateway', 'openai/gpt-4o'],
    ['gpt-4o', 'my-own-gateway', 'gpt-4o'],
    ['claude-3-5-sonnet-latest', 'openai', 'claude-3-5-sonnet'],
    ['gpt-4o-2099-01-01', 'openai', 'gpt-4o'],
  ])('%s asked of %s has the card of %s', async (model, provider, resolved) => {
    expect(await card(model, provider)).toMatchObject({ model: resolved, source: 'published' })
  })

  test('a dated id with a price of its own keeps it', async () => {
    expect(priceUsage(await card('gpt-4o-2024-05-13'), million)).toBe(20e9)
  })

  test('a call is priced by the card in force at its time', async () => {
    expect(priceUsage(await card('o3', 'openai', Date.UTC(2025, 5, 9)), million)).toBe(50e9)
    expect(priceUsage(await card('o3', 'openai', Date.UTC(2025, 5, 10)), million)).toBe(10e9)
  })

  test('off-peak hours are told apart within one day', async () => {
    const peak = await card('deepseek-chat', 'deepseek', Date.UTC(2026, 10, 23, 12))
    const offPeak = await card('deepseek-chat', 'deepseek', Date.UTC(2026, 10, 23, 20))
    expect(peak.inputNanoUsdPerToken).toBe(270)
    expect(offPeak.inputNanoUsdPerToken).toBe(135)
  })

  test('long inputs have their own tier', async () => {
    const tiered = await card('gemini-2.5-pro', 'google')
    expect(tiered.tiers).toEqual([
      {
        aboveInputTokens: 200_000,
        inputNanoUsdPerToken: 2500,
        cachedInputNanoUsdPerToken: 250,
        outputNanoUsdPerToken: 15_000,
      },
    ])
  })

  test('embeddings are priced by input tokens', async () => {
    const embedding = await card('text-embedding-3-small')
    expect(priceUsage(embedding, { ...million, outputTokens: 0 })).toBe(0.02e9)
    expect(embedding.outputNanoUsdPerToken).toBe(0)
  })

  test('a model that the book gives away is free rather than unknown', async () => {
    expect(await card('meta-llama/llama-3.3-70b-instruct:free', 'openrouter')).toMatchObject({
      source: 'published',
      inputNanoUsdPerToken: 0,
    })
  })

  test.each(['mystery', '', '__proto__', 'constructor', 'a/b/c', '/', 'whisper-1'])(
    'an unknown model, %j, has the fallback card',
    async (model) => {
      expect(await card(model)).toMatchObject({ source: 'fallback', model, inputNanoUsdPerToken: 5000 })
    },
  )

  test('once loaded the book answers without a promise, and the same card all day', async () => {
    const fresh = createPriceBook()
    const query = { provider: 'openai', model: 'gpt-4o', at }
    const first = fresh.cardFor(query)
    expect(first).toBeInstanceOf(Promise)
    const loaded = await first
    expect(fresh.cardFor({ ...query, at: at + 1000 })).toBe(loaded)
    expect(fresh.cardFor({ ...query, model: 'o3' })).not.toBeInstanceOf(Promise)
  })

  test('the date of the book is the version that is installed', () => {
    const entry = createRequire(import.meta.url).resolve('@pydantic/genai-prices')
    const manifest = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8')) as {
      version: string
    }
    expect(publishedBookDate).toBe(`genai-prices ${manifest.version}`)
  })
})

describe('overrides', () => {
  test('an override comes before the published price and needs no load', () => {
    const own = createPriceBook({
      overrides: [{ model: 'gpt-4o', inputNanoUsdPerToken: nanoUsdPerToken(1) }],
    })
    expect(own.cardFor({ provider: 'azure', model: 'azure/gpt-4o', at })).toEqual({
      provider: 'azure',
      model: 'gpt-4o',
      inputNanoUsdPerToken: 1000,
      cachedInputNanoUsdPerToken: 1000,
      outputNanoUsdPerToken: 0,
      source: 'override',
      date: 'caller',
    })
  })

  test('an override prices sound where it says so, and the published book where it knows', async () => {
    const own = createPriceBook({
      overrides: [{ model: 'voice', inputNanoUsdPerToken: 1, audioOutputNanoUsdPerToken: 9 }],
    })
    const voice = await own.cardFor({ provider: 'own', model: 'voice', at })
    expect(voice).toMatchObject({ inputNanoUsdPerToken: 1, audioOutputNanoUsdPerToken: 9 })
    expect(voice).not.toHaveProperty('audioInputNanoUsdPerToken')
    expect(await own.cardFor({ provider: 'openai', model: 'gpt-audio', at })).toMatchObject({
      outputNanoUsdPerToken: 10_000,
      audioInputNanoUsdPerToken: 32_000,
      audioOutputNanoUsdPerToken: 64_000,
    })
  })

  test('an override of one provider leaves the others alone', async () => {
    const own = createPriceBook({
      overrides: [{ provider: 'azure', model: 'gpt-4o', inputNanoUsdPerToken: 1 }],
    })
    expect(await own.cardFor({ provider: 'openai', model: 'gpt-4o', at })).toMatchObject({
      source: 'published',
    })
  })

  test('of several overrides the latest that has begun holds', async () => {
    const own = createPriceBook({
      overrides: [
        { model: 'in-house', inputNanoUsdPerToken: 20, from: '2026-02-01' },
        { model: 'in-house', inputNanoUsdPerToken: 10, from: '2026-01-01' },
      ],
    })
    const priceAt = async (isoDate: string) =>
      await own.cardFor({ provider: 'own', model: 'in-house', at: Date.parse(isoDate) })
    expect(await priceAt('2025-12-31T23:59:59Z')).toMatchObject({ source: 'fallback' })
    expect(await priceAt('2026-01-31T23:59:59Z')).toMatchObject({
      inputNanoUsdPerToken: 10,
      date: '2026-01-01',
    })
    expect(await priceAt('2026-02-01T00:00:00Z')).toMatchObject({ inputNanoUsdPerToken: 20 })
  })

  test.each([
    [{ model: 'm', inputNanoUsdPerToken: -1 }, RangeError, 'overrides[0].inputNanoUsdPerToken', '-1'],
    [{ model: 'm', inputNanoUsdPerToken: NaN }, RangeError, 'overrides[0].inputNanoUsdPerToken', 'NaN'],
    [{ model: 'm', inputNanoUsdPerToken: '2' }, TypeError, 'overrides[0].inputNanoUsdPerToken', '"2"'],
    [{ model: '', inputNanoUsdPerToken: 1 }, RangeError, 'overrides[0].model', '""'],
    [{ inputNanoUsdPerToken: 1 }, TypeError, 'overrides[0].model', 'undefined'],
    [
      { model: 'm', inputNanoUsdPerToken: 1, audioInputNanoUsdPerToken: -2 },
      RangeError,
      'overrides[0].audioInputNanoUsdPerToken',
      '-2',
    ],
    [
      { model: 'm', inputNanoUsdPerToken: 1, outputNanoUsdPerToken: Infinity },
      RangeError,
      '.output',
      'Infinity',
    ],
    [{ model: 'm', inputNanoUsdPerToken: 1, from: 'soon' }, RangeError, 'overrides[0].from', '"soon"'],
    [null, TypeError, 'overrides[0]', 'null'],
  ])('%j is refused by field and value', (override, errorClass, field, value) => {
    const create = () => createPriceBook({ overrides: [override as never] })
    expect(create).toThrow(errorClass)
    expect(create).toThrow(field)
    expect(create).toThrow(value)
  })
})
