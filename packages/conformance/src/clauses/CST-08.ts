import type { LLMCallMetrics, Pipeline } from '@plumbline/core'
import { array, assert, asyncProperty, constantFrom, nat, record, sample } from 'fast-check'

import { defineClause } from '../clause.ts'
import { readAll, type Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import {
  chatAnswer,
  chatBody,
  embedAnswer,
  embedBody,
  errorAnswer,
  lastText,
  provider,
} from '../servers/provider.ts'
import { wordPolicy } from '../test-policy.ts'

/** Nano-dollars per token of gpt-4o: 2.50, 1.25 (cached) and 10.00 USD per million (openai.com/api/pricing, read 2026-11-23). */
const price = { input: 2500, cachedInput: 1250, output: 10_000 }

/** What the provider counts for a prompt: a function of its text alone, so that the same call costs the same every time. */
function tokensFor(prompt: string): { input: number; cached: number; output: number } {
  const seed = [...prompt].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 9973, 7)
  return { input: 100 + seed, cached: seed % 50, output: 1 + (seed % 300) }
}

function costOf(prompt: string): number {
  const { input, cached, output } = tokensFor(prompt)
  return (input - cached) * price.input + cached * price.cachedInput + output * price.output
}

/** A provider with those counts, that fails for prompts with `fail`. */
function countingProvider() {
  const answer = provider((request) => {
    const { input, cached, output } = tokensFor(lastText(request))
    return {
      text: `${lastText(request).includes('bad') ? 'XYZZY' : 'Answer'} to ${lastText(request)}`,
      usage: {
        prompt_tokens: input,
        completion_tokens: output,
        total_tokens: input + output,
        prompt_tokens_details: { cached_tokens: cached },
      },
    }
  })
  return (request: Parameters<typeof answer>[0]) =>
    request.path.endsWith('/chat/completions') && lastText(request).includes('fail')
      ? errorAnswer(400)
      : answer(request)
}

type Kind =
  | 'whole'
  | 'stream'
  | 'embed'
  | 'abort'
  | 'fail'
  | 'blocked'
  | 'blocked answer'
  | 'bypass'
  | 'refresh'
interface Call {
  kind: Kind
  question: number
}

const words: Partial<Record<Kind, string>> = { fail: 'fail', blocked: 'XYZZY', 'blocked answer': 'bad' }

/** Makes the call; how it ends is for other clauses. */
async function make(pipeline: Pipeline, { kind, question }: Call): Promise<void> {
  const request = ask(`${words[kind] ?? 'question'} ${question}`, { temperature: 0 })
  if (kind === 'embed') {
    // Texts that others ask for alone or in another company, so that some are hits and some are not.
    const input = [`text ${question}`, `text ${question + 1}`].slice(question % 2)
    await pipeline.embed({ model: 'text-embedding-3-small', input })
  } else if (kind === 'stream') {
    await readAll(pipeline.stream(request))
  } else if (kind === 'abort') {
    // Aborted before it is sent: nobody is asked and nobody is billed, whatever the cache holds.
    await pipeline.chat(request, { signal: AbortSignal.abort() }).catch(() => {})
  } else if (kind === 'bypass' || kind === 'refresh' || kind === 'whole') {
    await pipeline.chat(request, { cache: kind === 'whole' ? 'use' : kind })
  } else {
    await pipeline.chat(request).catch(() => {})
  }
}

/** Nano-dollars per token of text-embedding-3-small: 0.02 USD per million (OpenAI's price page, read 2026-11-23). */
const embeddingPrice = 20

/** What the provider's own journal says that it charged: one token for each character of an embedded text. */
function billedBy(server: Awaited<ReturnType<Lab['faults']>>): number {
  return server.journal
    .filter(({ status }) => status === 200)
    .reduce(
      (sum, exchange) =>
        sum +
        (exchange.path.endsWith('/embeddings')
          ? embedBody(exchange).input.join('').length * embeddingPrice
          : costOf(String(chatBody(exchange).messages.at(-1)?.content))),
      0,
    )
}

const sum = (records: readonly LLMCallMetrics[], field: 'costNanoUsd' | 'savedNanoUsd'): number =>
  records.reduce((total, call) => total + call[field], 0)

async function makeAll(pipeline: Pipeline, calls: readonly Call[], atOnce: number): Promise<void> {
  const queue = [...calls]
  const work = async (): Promise<void> => {
    for (let call = queue.shift(); call !== undefined; call = queue.shift()) await make(pipeline, call)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

async function law(lab: Lab, calls: readonly Call[], atOnce: number): Promise<void> {
  const { check, records } = lab
  const guardrails = wordPolicy('XYZZY', 'block')
  const server = await lab.faults(countingProvider())
  const cached = lab.pipeline({ server, responseCache: {}, embeddingCache: {}, guardrails })
  const before = records.length
  await makeAll(cached, calls, atOnce)
  const made = records.slice(before)

  // The same calls with caches off: what they would have cost is what that provider charged.
  const other = await lab.faults(countingProvider())
  await makeAll(lab.pipeline({ server: other, guardrails }), calls, atOnce)
  const wouldHaveCost = billedBy(other)

  check.equal(made.length, calls.length, 'records')
  check.ok(made.every(isWhole), 'every sum is a whole number of nano-dollars')
  check.equal(sum(made, 'costNanoUsd'), billedBy(server), 'billed, against the provider’s journal')
  check.equal(
    sum(made, 'costNanoUsd') + sum(made, 'savedNanoUsd'),
    wouldHaveCost,
    'billed + saved, against the journal of the same calls without caches',
  )
  const { costNanoUsd, savedNanoUsd } = cached.metrics.summary()
  check.deepEqual([costNanoUsd, costNanoUsd + savedNanoUsd], [billedBy(server), wouldHaveCost], 'the summary')
}

function isWhole({ costNanoUsd, savedNanoUsd }: LLMCallMetrics): boolean {
  return Number.isSafeInteger(costNanoUsd) && Number.isSafeInteger(savedNanoUsd)
}

const kinds: Kind[] = [
  'whole',
  'whole',
  'whole',
  'stream',
  'stream',
  'embed',
  'embed',
  'abort',
  'fail',
  'blocked',
  'blocked answer',
  'bypass',
  'refresh',
]
const anyCall = record({ kind: constantFrom(...kinds), question: nat({ max: 40 }) })

export const CST08 = defineClause({
  id: 'CST-08',
  sentence:
    "The ledger law: billed + saved = would-have-cost, exactly, in integer nano-dollars, over any mix of 10,000 calls, hits, blocks, aborts and failures (P). Billed is checked against the provider's journal, would-have-cost against the same calls with caches off; neither check uses our ledger code.",
  origin: 'user expectation',
  kind: 'entrant',
  needs: [
    'chat',
    'stream',
    'embed',
    'metrics',
    'cost',
    'retry',
    'response-cache',
    'embedding-cache',
    'guardrail-policy',
  ],
  scenarios: [
    {
      name: 'one call and its repetition',
      case: 'ordinary',
      run: (lab) =>
        law(
          lab,
          [
            { kind: 'whole', question: 1 },
            { kind: 'whole', question: 1 },
          ],
          1,
        ),
    },
    {
      name: 'fifty of one question at once, whole and streamed',
      case: 'boundary',
      run: (lab) =>
        law(
          lab,
          Array.from(
            { length: 50 },
            (_, index) => ({ kind: index % 2 === 0 ? 'whole' : 'stream', question: 3 }) as const,
          ),
          50,
        ),
    },
    {
      name: 'property: small mixes in any order, one at a time and many at once',
      case: 'nasty',
      limitMs: 60_000,
      async run(lab) {
        await assert(
          asyncProperty(
            array(anyCall, { minLength: 1, maxLength: 30 }),
            constantFrom(1, 8),
            (calls, atOnce) => law(lab, calls, atOnce),
          ),
          { seed: 20_261_123, numRuns: 20, includeErrorInReport: true },
        )
      },
    },
    {
      name: 'calls that were paid for and did not succeed, a retried call and embeddings, one by one',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const usage = { prompt_tokens: 500, completion_tokens: 40 }
        const paid = 500 * price.input + 40 * price.output
        const server = await faults((request) => {
          if (request.path.endsWith('/embeddings')) return embedAnswer(request)
          const text = lastText(request)
          if (text === 'retried' && request.index === 0) return errorAnswer(500)
          if (text === 'blocked') return chatAnswer(request, { text: 'It is XYZZY.', usage })
          if (text === 'cut') return chatAnswer(request, { text: 'Half of', usage, finishReason: null })
          if (text !== 'left') return chatAnswer(request, { text: 'Yes.', usage })
          return chatAnswer(request, { text: 'Some words so far', beforeFinish: [{ stall: true }] })
        })
        const made = pipeline({
          server,
          responseCache: {},
          embeddingCache: {},
          guardrails: wordPolicy('XYZZY', 'block'),
        })
        const money = (): unknown[] => [records.at(-1)?.costNanoUsd, records.at(-1)?.savedNanoUsd]
        const cacheable = { temperature: 0 }

        await made.chat(ask('retried', cacheable))
        check.deepEqual(money(), [paid, 0], 'a call whose first attempt failed is paid once')
        await made.chat(ask('retried', cacheable))
        check.deepEqual(money(), [0, paid], 'its repetition')
        await check.rejectsWithCode(made.chat(ask('blocked')), 'GUARDRAIL_BLOCKED')
        check.deepEqual(money(), [paid, 0], 'an answer that was blocked')
        await check.rejectsWithCode(readAll(made.stream(ask('cut'))), 'UPSTREAM_TRUNCATED')
        check.deepEqual(money(), [paid, 0], 'a stream that was cut after its usage')

        for await (const chunk of made.stream(ask('left'))) if (chunk.choices[0]?.delta.content) break
        const left = records.at(-1)
        const { inputTokens = 0, outputTokens = 0 } = left ?? {}
        check.deepEqual([left?.outcome, left?.usageEstimated], ['cancelled', true])
        check.ok(inputTokens > 0 && outputTokens > 0, 'the provider has counted by then')
        // The provider says no usage here: what was estimated is billed at the same prices.
        check.deepEqual(
          money(),
          [inputTokens * price.input + outputTokens * price.output, 0],
          'a stream left',
        )

        // One token for each character, at 0.02 USD per million.
        const embedding = { model: 'text-embedding-3-small', input: 'thirteen char' }
        await made.embed(embedding)
        check.deepEqual(money(), [13 * 20, 0], 'an embedding')
        await made.embed(embedding)
        check.deepEqual(money(), [0, 13 * 20], 'its repetition')

        const summary = made.metrics.summary()
        check.equal(summary.costNanoUsd, sum(records, 'costNanoUsd'), 'billed in the summary')
        check.equal(summary.savedNanoUsd, sum(records, 'savedNanoUsd'), 'saved in the summary')
        await server.ended(await server.received(5))
      },
    },
    {
      name: 'an answer that several share and that fails them all is billed once and saved by the others',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const usage = { prompt_tokens: 500, completion_tokens: 40 }
        const paid = 500 * price.input + 40 * price.output
        const server = await faults((request) =>
          chatAnswer(
            request,
            lastText(request) === 'blocked'
              ? { text: 'It is XYZZY.', usage }
              : { text: 'Half of', usage, finishReason: null },
          ),
        )
        const made = pipeline({ server, responseCache: {}, guardrails: wordPolicy('XYZZY', 'block') })
        const whole = () => made.chat(ask('blocked', { temperature: 0 }))
        const streamed = () => readAll(made.stream(ask('cut', { temperature: 0 })))
        // With caches off each of the five would have been paid for.
        await Promise.allSettled([whole(), whole(), whole(), streamed(), streamed()])
        check.equal(server.journal.length, 2, 'requests at the provider')
        check.equal(records.length, 5, 'records')
        check.equal(sum(records, 'costNanoUsd'), 2 * paid, 'billed')
        check.equal(sum(records, 'savedNanoUsd'), 3 * paid, 'saved')
      },
    },
    {
      name: 'a batch that was paid for when its call failed for another text',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const server = await faults((request) =>
          embedBody(request).input.includes('bad')
            ? { ...errorAnswer(400), before: [{ gate: 'bad' }] }
            : embedAnswer(request, { tokens: () => 1000 }),
        )
        const made = pipeline({ server, embeddingCache: {} })
        const embed = (...input: string[]) => made.embed({ model: 'text-embedding-3-small', input })
        const first = embed('x', 'bad').catch(() => {})
        await server.reached('bad')
        // Waits for the x of the first, and asks for y itself.
        const second = embed('x', 'y').catch(() => {})
        await server.received(2)
        // Has y when the second has it.
        await embed('y')
        server.release('bad')
        await Promise.all([first, second])
        check.equal(server.journal.length, 2, 'requests at the provider')
        check.deepEqual(
          records.map(({ outcome, costNanoUsd, savedNanoUsd }) => [outcome, costNanoUsd, savedNanoUsd]),
          [
            ['success', 0, 1000 * 20],
            ['error', 0, 0],
            ['error', 1000 * 20, 0],
          ],
          'each call: its outcome, what it paid and what it saved',
        )
      },
    },
    {
      name: 'a mix of 10,000 calls, 32 at once',
      case: 'nasty',
      limitMs: 240_000,
      async run(lab) {
        const [calls = []] = sample(array(anyCall, { minLength: 10_000, maxLength: 10_000, size: 'max' }), {
          seed: 20_261_123,
          numRuns: 1,
        })
        await law(lab, calls, 32)
      },
    },
  ],
})
