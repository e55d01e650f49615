import type { ChatChunk, LLMCallMetrics, Pipeline } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, textOf, type Lab } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { Step } from '../servers/answer.ts'
import type { FaultServer } from '../servers/fault-server.ts'
import { provider } from '../servers/provider.ts'

const question = askCacheable('How are you?')
const text = 'All is well here.'
// gpt-4o at 2,500 and 10,000 nano-dollars a token (CST-01).
const usage = { prompt_tokens: 1000, completion_tokens: 200 }
const costNanoUsd = 1000 * 2500 + 200 * 10_000
const gate: Step[] = [{ gate: 'go' }]

/** What a follower and its leader differ in. */
function bill(record: LLMCallMetrics | undefined): unknown[] {
  if (record === undefined) return []
  const {
    cacheStatus,
    attempts,
    costNanoUsd: billed,
    savedNanoUsd,
    savedTokens,
    inputTokens,
    outputTokens,
  } = record
  return [cacheStatus, attempts, billed, savedNanoUsd, savedTokens, inputTokens, outputTokens]
}

const leaderBill = ['miss', 1, costNanoUsd, 0, 0, 1000, 200]
const followerBill = ['coalesced', 0, 0, costNanoUsd, 1200, 0, 0]

const money = ['metrics', 'cost'] as const

/** Time for every call that was begun to get as far as it can. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

/** A pipeline with a cache, in front of a provider that answers when it is released. */
async function gatedPipeline({ faults, pipeline }: Lab): Promise<{ server: FaultServer; made: Pipeline }> {
  const server = await faults(provider({ text, usage, beforeFirst: gate }))
  return { server, made: pipeline({ server, responseCache: {} }) }
}

/** Lets the provider answer once everybody who was going to ask has asked. */
async function releaseAll(server: FaultServer): Promise<void> {
  await server.reached('go')
  await settled()
  server.release('go')
}

const modes = ['use', 'use', 'bypass', 'bypass', 'refresh', 'refresh'] as const

/** A whole and a streamed call in each of the modes, all at once; as many requests as there should be have come. */
async function callsOfAllModes({ faults, pipeline }: Lab) {
  const server = await faults(
    provider((request) => ({ text: `Answer ${request.index}`, usage, beforeFirst: gate })),
  )
  const made = pipeline({ server, responseCache: {} })
  const whole = Promise.all(modes.map((cache) => made.chat(question, { cache })))
  const streams = modes.map((cache) => made.stream(question, { cache }))
  const reading = Promise.all(streams.map((stream) => readAll(stream)))
  // One for the four that may share, one for each of the others.
  await server.received(9)
  await settled()
  server.release('go')
  const [results, chunks] = await Promise.all([whole, reading])
  return { server, results, streams, chunks }
}

/** Two whole and two streamed calls at once that a cache declines by default. */
async function declinedCalls(lab: Lab): Promise<FaultServer> {
  const { server, made } = await gatedPipeline(lab)
  const warm = ask('How are you?', { temperature: 1 })
  const calls = Promise.all([
    made.chat(warm),
    made.chat(warm),
    readAll(made.stream(warm)),
    readAll(made.stream(warm)),
  ])
  await Promise.race([server.received(4), calls])
  await settled()
  server.release('go')
  await calls
  return server
}

export const CAC12 = defineClause({
  id: 'CAC-12',
  sentence:
    '50 identical concurrent calls that the cache policy admits make one provider call; followers are recorded as `coalesced` and cost nothing; `bypass` and `refresh` never join.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'response-cache'],
  scenarios: [
    {
      name: '50 whole calls at once make one request, and each has its answer',
      case: 'ordinary',
      async run(lab) {
        const { check } = lab
        const { server, made } = await gatedPipeline(lab)
        const calls = Promise.all(Array.from({ length: 50 }, () => made.chat(question)))
        await releaseAll(server)
        for (const { response } of await calls) {
          check.equal(response.choices[0]?.message.content, text, 'an answer')
          check.equal(response.usage?.prompt_tokens, 1000, 'its usage')
        }
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'of 50 whole calls at once one pays, and the summary says so',
      case: 'ordinary',
      needs: money,
      async run(lab) {
        const { check, records } = lab
        const { server, made } = await gatedPipeline(lab)
        const calls = Promise.all(Array.from({ length: 50 }, () => made.chat(question)))
        await releaseAll(server)
        const results = await calls
        check.deepEqual(bill(results[0]?.metrics), leaderBill, 'the record of the leader')
        for (const { metrics } of results.slice(1)) {
          check.deepEqual(bill(metrics), followerBill, 'the record of a follower')
        }
        check.equal(records.length, 50, 'records')
        const { providerCalls, coalesced, hits, costNanoUsd: billed, savedNanoUsd } = made.metrics.summary()
        check.deepEqual(
          [providerCalls, coalesced, hits],
          [1, 49, 0],
          'calls, followers and hits in the summary',
        )
        check.deepEqual([billed, savedNanoUsd], [costNanoUsd, 49 * costNanoUsd], 'money in the summary')
      },
    },
    {
      name: '50 streams at once make one request, each with all chunks',
      case: 'ordinary',
      async run(lab) {
        const { check } = lab
        const { server, made } = await gatedPipeline(lab)
        const reading = Promise.all(Array.from({ length: 50 }, () => readAll(made.stream(question))))
        await releaseAll(server)
        for (const chunks of await reading) {
          check.equal(textOf(chunks), text, 'a text')
          check.equal(finishOf(chunks), 'stop', 'its finish reason')
        }
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'of 50 streams at once one pays',
      case: 'ordinary',
      needs: ['stream-result', ...money],
      async run(lab) {
        const { check, records } = lab
        const { server, made } = await gatedPipeline(lab)
        const streams = Array.from({ length: 50 }, () => made.stream(question))
        const reading = Promise.all(streams.map((stream) => readAll(stream)))
        await releaseAll(server)
        await reading
        const results = await Promise.all(streams.map(({ result }) => result))
        check.deepEqual(bill(results[0]?.metrics), leaderBill, 'the record of the leader')
        for (const { metrics } of results.slice(1)) {
          check.deepEqual(bill(metrics), followerBill, 'the record of a follower')
        }
        check.equal(records.length, 50, 'records')
      },
    },
    {
      name: 'a call after the end of the shared one asks nobody, and another request in flight has a leader of its own',
      case: 'boundary',
      async run(lab) {
        const { check } = lab
        const { server, made } = await gatedPipeline(lab)
        const requests = [question, question, askCacheable('Another question')]
        const calls = Promise.all(requests.map((request) => made.chat(request)))
        await server.received(2)
        await settled()
        server.release('go')
        await calls
        check.equal(server.journal.length, 2, 'requests at the provider')
        await made.chat(question)
        check.equal(server.journal.length, 2, 'requests after a later call')
      },
    },
    {
      name: 'records tell who has asked the provider, who has followed and who has found the answer in the cache',
      case: 'boundary',
      needs: ['metrics'],
      async run(lab) {
        const { check, records } = lab
        const { server, made } = await gatedPipeline(lab)
        const requests = [question, question, askCacheable('Another question')]
        const calls = Promise.all(requests.map((request) => made.chat(request)))
        await server.received(2)
        await settled()
        server.release('go')
        await calls
        await made.chat(question)
        const statuses = records.map(({ cacheStatus }) => cacheStatus).sort()
        check.deepEqual(statuses, ['coalesced', 'hit', 'miss', 'miss'])
      },
    },
    {
      name: 'a whole call joins a stream in flight, and a stream joins a whole call',
      case: 'boundary',
      async run(lab) {
        const { check } = lab
        const { server, made } = await gatedPipeline(lab)
        const leading = readAll(made.stream(question))
        await server.received(1)
        const whole = made.chat(question)

        const another = askCacheable('Another question')
        const leadingWhole = made.chat(another)
        await server.received(2)
        const joining = readAll(made.stream(another))
        const all = Promise.all([leading, whole, leadingWhole, joining])
        await settled()
        server.release('go')

        const [leadingChunks, { response }, , chunks] = await all
        check.equal(textOf(leadingChunks), text, 'the text of the leading stream')
        check.deepEqual([response.object, response.choices[0]?.message.content], ['chat.completion', text])
        check.equal(response.choices[0]?.finish_reason, 'stop', 'the finish reason of the whole follower')
        check.equal(response.usage?.total_tokens, 1200, 'the usage of the whole follower')
        check.equal(textOf(chunks), text, 'the text of the following stream')
        check.equal(finishOf(chunks), 'stop', 'its finish reason')
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
    {
      name: 'whoever joins in the other mode pays nothing, and has labels of its own',
      case: 'boundary',
      needs: ['stream-result', ...money],
      async run(lab) {
        const { check } = lab
        const { server, made } = await gatedPipeline(lab)
        const leading = made.stream(question)
        const leadingRead = readAll(leading)
        await server.received(1)
        const whole = made.chat(question)

        const another = askCacheable('Another question')
        const leadingWhole = made.chat(another)
        await server.received(2)
        const joining = made.stream(another, { endpoint: 'feature-2' })
        const all = Promise.all([leadingRead, readAll(joining)])
        await settled()
        server.release('go')

        await all
        check.deepEqual(bill((await leading.result).metrics), leaderBill, 'the leading stream')
        check.deepEqual(bill((await whole).metrics), followerBill, 'the whole follower')
        check.deepEqual(bill((await leadingWhole).metrics), leaderBill, 'the leading whole call')
        const followed = (await joining.result).metrics
        check.deepEqual(bill(followed), followerBill, 'the following stream')
        check.deepEqual([followed.stream, followed.endpoint], [true, 'feature-2'], 'labels of the follower')
      },
    },
    {
      name: '`bypass` and `refresh` make their own requests, beside a call in flight and beside one another',
      case: 'nasty',
      async run(lab) {
        const { server, results, chunks } = await callsOfAllModes(lab)
        const texts = [
          ...results.map(({ response }) => response.choices[0]?.message.content),
          ...chunks.map((read) => textOf(read)),
        ]
        lab.check.equal(server.journal.length, 9, 'requests at the provider')
        lab.check.equal(new Set(texts).size, 9, 'distinct answers')
      },
    },
    {
      name: '`bypass` and `refresh` are recorded as what they are, and each pays for itself',
      case: 'nasty',
      needs: ['stream-result', ...money],
      async run(lab) {
        const { check } = lab
        const { results, streams } = await callsOfAllModes(lab)
        const streamed = await Promise.all(streams.map(({ result }) => result))
        const metered = [...results, ...streamed].map(({ metrics }) => metrics)
        const own = ['bypass', 'bypass', 'refresh', 'refresh']
        check.deepEqual(
          metered.map(({ cacheStatus }) => cacheStatus),
          ['miss', 'coalesced', ...own, 'coalesced', 'coalesced', ...own],
          'cacheStatus',
        )
        for (const { cacheStatus, costNanoUsd: billed } of metered) {
          const expected = cacheStatus === 'coalesced' ? 0 : costNanoUsd
          check.equal(billed, expected, `the cost of a call that was ${cacheStatus}`)
        }
      },
    },
    {
      name: 'calls that the policy declines are not shared',
      case: 'nasty',
      async run(lab) {
        const server = await declinedCalls(lab)
        lab.check.equal(server.journal.length, 4, 'requests at the provider')
      },
    },
    {
      name: 'calls that the policy declines pay for themselves',
      case: 'nasty',
      needs: money,
      async run(lab) {
        await declinedCalls(lab)
        lab.check.deepEqual(
          lab.records.map(({ costNanoUsd: billed }) => billed),
          [1, 2, 3, 4].map(() => costNanoUsd),
          'the costs',
        )
      },
    },
    {
      name: 'calls share an answer that is never stored, and the next one asks again',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text, usage, finishReason: 'length', beforeFirst: gate }))
        const made = pipeline({ server, responseCache: {} })
        const calls = Promise.all(Array.from({ length: 10 }, () => made.chat(question)))
        await releaseAll(server)
        for (const { response } of await calls)
          check.equal(response.choices[0]?.finish_reason, 'length', 'a finish reason')
        check.equal(server.journal.length, 1, 'requests at the provider')
        await made.chat(question)
        check.equal(server.journal.length, 2, 'requests after another call')
      },
    },
    {
      name: 'calls that share an answer which is never stored still cost one of them alone',
      case: 'nasty',
      needs: money,
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text, usage, finishReason: 'length', beforeFirst: gate }))
        const made = pipeline({ server, responseCache: {} })
        const calls = Promise.all(Array.from({ length: 10 }, () => made.chat(question)))
        await releaseAll(server)
        const outcomes = (await calls).map(({ outcome }) => outcome)
        check.deepEqual(new Set(outcomes), new Set(['length']), 'outcomes')
        check.equal(
          records.reduce((sum, record) => sum + record.costNanoUsd, 0),
          costNanoUsd,
          'the cost of all of them',
        )
      },
    },
  ],
})

/** Of the choice that has ended: whether another chunk comes after it, with usage, is the entrant's affair. */
function finishOf(chunks: readonly ChatChunk[]): string | undefined {
  return (
    chunks.flatMap(({ choices }) => choices).find(({ finish_reason: reason }) => reason)?.finish_reason ??
    undefined
  )
}
