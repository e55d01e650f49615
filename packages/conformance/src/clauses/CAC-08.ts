import type { CallContext, Pipeline } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import type { FaultServer } from '../servers/fault-server.ts'
import { lastText, provider } from '../servers/provider.ts'

const kilobyte = 1000
const megabyte = 1000 * kilobyte

/** What an entry takes beside its answer, at the very least: a hashed key, the slot of a map and the header of a value. */
const leastOverheadBytes = 200

/** A provider whose answers are as long as their question says: `7: 100 × x`. */
const echo = provider((request) => {
  const [, count = '0', text = ''] = /: (\d+) × (.+)/.exec(lastText(request)) ?? []
  return { text: text.repeat(Number(count)) }
})

/** The question number `index` whose answer is `count` times `text`. */
const sized = (index: number, count: number, text = 'x') =>
  askCacheable(`${index}: ${count} × ${text}`, { model: 'm' })

/** Asks, and tells whether the provider had to. */
async function isServed(
  made: Pipeline,
  server: FaultServer,
  question: ReturnType<typeof sized>,
  context?: CallContext,
): Promise<boolean> {
  const before = server.journal.length
  await made.chat(question, context)
  return server.journal.length === before
}

/** How many of the last answers are still kept, from the youngest back to the first that is not. */
async function countKept(
  made: Pipeline,
  server: FaultServer,
  questions: readonly ReturnType<typeof sized>[],
): Promise<number> {
  for (const question of questions) await made.chat(question)
  let kept = 0
  for (const question of questions.toReversed()) {
    if (!(await isServed(made, server, question))) break
    kept++
  }
  return kept
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index)

export const CAC08 = defineClause({
  id: 'CAC-08',
  sentence:
    'The memory store is bounded in bytes (key, value and overhead) and evicts the least recently used.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'stream', 'response-cache'],
  scenarios: [
    {
      name: 'of thirty answers of 100 kB a cache of 1 MB keeps the youngest, as many as it has room for',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(echo)
        const made = pipeline({ server, responseCache: { maxBytes: megabyte } })
        const questions = range(30).map((index) => sized(index, 100 * kilobyte))
        // Ten would fill it to the last byte without a key; in UTF-16 there is room for half.
        check.between(await countKept(made, server, questions), 4, 9, 'answers that are kept')
      },
    },
    {
      name: 'an answer that is asked for again and again stays, while others come and go',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(echo)
        const made = pipeline({ server, responseCache: { maxBytes: megabyte } })
        const inUse = sized(0, 100 * kilobyte)
        const inUseStreamed = sized(1, 100 * kilobyte)
        await made.chat(inUse)
        await made.chat(inUseStreamed)
        for (const index of range(30)) {
          await made.chat(sized(2 + index, 100 * kilobyte))
          await made.chat(inUse)
          await readAll(made.stream(inUseStreamed))
        }
        check.equal(server.journal.length, 32, 'requests at the provider')
        check.equal(await isServed(made, server, sized(2, 100 * kilobyte)), false, 'the first of the others')
      },
    },
    {
      name: 'an answer larger than the cache is answered, is not kept, and pushes nothing out',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(echo)
        const made = pipeline({ server, responseCache: { maxBytes: 100 * kilobyte } })
        const small = sized(0, 1)
        const large = sized(1, 200 * kilobyte)
        await made.chat(small)
        const { response } = await made.chat(large)
        check.equal(
          response.choices[0]?.message.content?.length,
          200 * kilobyte,
          'the length of the large one',
        )
        check.equal(await isServed(made, server, large), false, 'the large one comes from the cache')
        check.equal(await isServed(made, server, small), true, 'the small one comes from the cache')
      },
    },
    {
      name: 'the bound is one of bytes, not of characters',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(echo)
        const made = pipeline({ server, responseCache: { maxBytes: megabyte } })
        // 100,000 characters that take 200 kB in UTF-16 and 300 kB in UTF-8.
        const questions = range(12).map((index) => sized(index, 100 * kilobyte, '語'))
        check.between(await countKept(made, server, questions), 2, 4, 'answers that are kept')
      },
    },
    {
      name: 'without a bound of its owner’s a cache is bounded all the same: of 80 MB the first is gone',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(echo)
        const made = pipeline({ server, responseCache: {} })
        const questions = range(20).map((index) => sized(index, 4 * megabyte))
        for (const question of questions) await made.chat(question)
        check.equal(
          await isServed(made, server, sized(19, 4 * megabyte)),
          true,
          'the last comes from the cache',
        )
        check.equal(
          await isServed(made, server, sized(0, 4 * megabyte)),
          false,
          'the first comes from the cache',
        )
      },
    },
    {
      name: 'four hundred one-letter answers do not fit where only their letters would: keys and overhead count',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(echo)
        const maxBytes = 100 * kilobyte
        const made = pipeline({ server, responseCache: { maxBytes } })
        const { response } = await made.chat(sized(0, 1))
        const answerBytes = JSON.stringify(response).length
        const most = Math.floor(maxBytes / (answerBytes + leastOverheadBytes))
        const kept = await countKept(
          made,
          server,
          range(400).map((index) => sized(index, 1)),
        )
        check.between(kept, 20, most, `answers of ${answerBytes} bytes that are kept`)
      },
    },
    {
      name: 'an answer that is refreshed fifty times takes the room of one',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(echo)
        const made = pipeline({ server, responseCache: { maxBytes: megabyte } })
        const quiet = sized(0, 100 * kilobyte)
        const busy = sized(1, 100 * kilobyte)
        await made.chat(quiet)
        for (const _ of range(50)) await made.chat(busy, { cache: 'refresh' })
        check.equal(await isServed(made, server, quiet), true, 'the other one comes from the cache')
        check.equal(await isServed(made, server, busy), true, 'the refreshed one comes from the cache')
      },
    },
    {
      name: 'tenants, whole and streamed answers share one bound',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(echo)
        const made = pipeline({ server, responseCache: { maxBytes: megabyte } })
        const question = sized(0, 100 * kilobyte)
        for (const index of range(30)) {
          const context = { tenant: `tenant ${index}` }
          if (index % 2 === 0) await made.chat(question, context)
          else await readAll(made.stream(question, context))
        }
        check.equal(await isServed(made, server, question, { tenant: 'tenant 29' }), true, 'the last tenant')
        check.equal(await isServed(made, server, question, { tenant: 'tenant 0' }), false, 'the first tenant')
      },
    },
  ],
})
