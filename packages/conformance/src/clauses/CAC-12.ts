import type { LLMCallMetrics } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, textOf } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { Step } from '../servers/answer.ts'
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

/** Time for every call that was begun to get as far as it can. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

export const CAC12 = defineClause({
  id: 'CAC-12',
  sentence:
    '50 identical concurrent calls that the cache policy admits make one provider call; followers are recorded as `coalesced` and cost nothing; `bypass` and `refresh` never join.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'stream-result', 'metrics', 'cost', 'response-cache'],
  scenarios: [
    {
      name: '50 whole calls at once make one request, and one of them pays',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text, usage, beforeFirst: gate }))
        const made = pipeline({ server, responseCache: {} })
        const calls = Array.from({ length: 50 }, () => made.chat(question))
        await server.reached('go')
        await settled()
        server.release('go')
        const results = await Promise.all(calls)
        check.equal(server.journal.length, 1, 'requests at the provider')
        for (const { response } of results) {
          check.equal(response.choices[0]?.message.content, text, 'an answer')
          check.equal(response.usage?.prompt_tokens, 1000, 'its usage')
        }
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
      name: '50 streams at once make one request, each with all chunks, and one of them pays',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text, usage, beforeFirst: gate }))
        const made = pipeline({ server, responseCache: {} })
        const streams = Array.from({ length: 50 }, () => made.stream(question))
        const reading = streams.map((stream) => readAll(stream))
        await server.reached('go')
        await settled()
        server.release('go')
        for (const chunks of await Promise.all(reading)) {
          check.equal(textOf(chunks), text, 'a text')
          check.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'stop', 'its finish reason')
        }
        check.equal(server.journal.length, 1, 'requests at the provider')
        const results = await Promise.all(streams.map(({ result }) => result))
        check.deepEqual(bill(results[0]?.metrics), leaderBill, 'the record of the leader')
        for (const { metrics } of results.slice(1)) {
          check.deepEqual(bill(metrics), followerBill, 'the record of a follower')
        }
        check.equal(records.length, 50, 'records')
      },
    },
    {
      name: 'a call after the end of the shared one is a hit, and another request in flight has a leader of its own',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text, usage, beforeFirst: gate }))
        const made = pipeline({ server, responseCache: {} })
        const two = [made.chat(question), made.chat(question)]
        const other = made.chat(askCacheable('Another question'))
        await server.received(2)
        await settled()
        server.release('go')
        await Promise.all([...two, other])
        await made.chat(question)
        const statuses = records.map(({ cacheStatus }) => cacheStatus).sort()
        check.deepEqual(statuses, ['coalesced', 'hit', 'miss', 'miss'])
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
    {
      name: 'a whole call joins a stream in flight, and a stream joins a whole call',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text, usage, beforeFirst: gate }))
        const made = pipeline({ server, responseCache: {} })
        const leading = made.stream(question)
        const leadingRead = readAll(leading)
        await server.received(1)
        const whole = made.chat(question)

        const another = askCacheable('Another question')
        const leadingWhole = made.chat(another)
        await server.received(2)
        const joining = made.stream(another, { endpoint: 'feature-2' })
        const joiningRead = readAll(joining)
        await settled()
        server.release('go')

        check.equal(textOf(await leadingRead), text, 'the text of the leading stream')
        const { response, metrics } = await whole
        check.deepEqual([response.object, response.choices[0]?.message.content], ['chat.completion', text])
        check.equal(response.choices[0]?.finish_reason, 'stop', 'the finish reason of the whole follower')
        check.equal(response.usage?.total_tokens, 1200, 'the usage of the whole follower')
        check.deepEqual(bill((await leading.result).metrics), leaderBill, 'the leading stream')
        check.deepEqual(bill(metrics), followerBill, 'the whole follower')

        const chunks = await joiningRead
        check.equal(textOf(chunks), text, 'the text of the following stream')
        check.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'stop', 'its finish reason')
        check.deepEqual(bill((await leadingWhole).metrics), leaderBill, 'the leading whole call')
        const followed = (await joining.result).metrics
        check.deepEqual(bill(followed), followerBill, 'the following stream')
        check.deepEqual([followed.stream, followed.endpoint], [true, 'feature-2'], 'labels of the follower')
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
    {
      name: '`bypass` and `refresh` make their own requests, beside a call in flight and beside one another',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider((request) => ({ text: `Answer ${request.index}`, usage, beforeFirst: gate })),
        )
        const made = pipeline({ server, responseCache: {} })
        const modes = ['use', 'use', 'bypass', 'bypass', 'refresh', 'refresh'] as const
        const whole = modes.map((cache) => made.chat(question, { cache }))
        const streams = modes.map((cache) => made.stream(question, { cache }))
        const reading = streams.map((stream) => readAll(stream))
        // One for the four that may share, one for each of the others.
        await server.received(9)
        await settled()
        server.release('go')
        await Promise.all(reading)
        const results = await Promise.all([...whole, ...streams.map(({ result }) => result)])
        check.equal(server.journal.length, 9, 'requests at the provider')
        const statuses = results.map(({ metrics }) => metrics.cacheStatus)
        const own = ['bypass', 'bypass', 'refresh', 'refresh']
        check.deepEqual(
          statuses,
          ['miss', 'coalesced', ...own, 'coalesced', 'coalesced', ...own],
          'cacheStatus',
        )
        for (const { metrics } of results) {
          const expected = metrics.cacheStatus === 'coalesced' ? 0 : costNanoUsd
          check.equal(metrics.costNanoUsd, expected, `the cost of a call that was ${metrics.cacheStatus}`)
        }
        const texts = results.map(({ response }) => response.choices[0]?.message.content)
        check.equal(new Set(texts).size, 9, 'distinct answers')
      },
    },
    {
      name: 'calls that the policy declines are not shared',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text, usage, beforeFirst: gate }))
        const made = pipeline({ server, responseCache: {} })
        const warm = ask('How are you?', { temperature: 1 })
        const calls = [
          made.chat(warm),
          made.chat(warm),
          readAll(made.stream(warm)),
          readAll(made.stream(warm)),
        ]
        await server.received(4)
        await settled()
        server.release('go')
        await Promise.all(calls)
        check.equal(server.journal.length, 4, 'requests at the provider')
        check.ok(
          records.every(({ costNanoUsd: billed }) => billed === costNanoUsd),
          'each pays for itself',
        )
      },
    },
    {
      name: 'calls that share an answer which is never stored still cost one of them alone',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text, usage, finishReason: 'length', beforeFirst: gate }))
        const made = pipeline({ server, responseCache: {} })
        const calls = Array.from({ length: 10 }, () => made.chat(question))
        await server.reached('go')
        await settled()
        server.release('go')
        const outcomes = (await Promise.all(calls)).map(({ outcome }) => outcome)
        check.deepEqual(new Set(outcomes), new Set(['length']), 'outcomes')
        check.equal(server.journal.length, 1, 'requests at the provider')
        check.equal(
          records.reduce((sum, record) => sum + record.costNanoUsd, 0),
          costNanoUsd,
          'the cost of all of them',
        )
        await made.chat(question)
        check.equal(server.journal.length, 2, 'requests after another call')
      },
    },
  ],
})
