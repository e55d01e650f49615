import type { ChatChunk, ChatStream } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, textOf, type Lab } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import { provider, type Reply } from '../servers/provider.ts'
import { steady, unwrap, watched } from '../timing.ts'

const question = askCacheable('Tell me a story.')
const pieces = ['Once ', 'upon ', 'a time.']
const text = pieces.join('')
const usage = { prompt_tokens: 1000, completion_tokens: 200 }
// gpt-4o at 2,500 and 10,000 nano-dollars a token (CST-01).
const costNanoUsd = 1000 * 2500 + 200 * 10_000
/** The provider stops before the end until it is told to go on. */
const gated: Reply = { pieces, text, usage, beforeFinish: [{ gate: 'go' }] }

/** How soon what has passed has to reach a follower, and an answer its caller, in ms of a busy machine's time. */
const soonMs = 2_000
const limitMs = 8_000

/** A long answer: each chunk is over 150 bytes of JSON, so this is at least six times `smallBytes`. */
const longPieces = Array.from({ length: 800 }, (_, index) => `word${index} `)
const long: Reply = { pieces: longPieces, text: longPieces.join(''), usage }
const smallBytes = 20_000

/** Reads a stream up to and with the chunk that completes `wanted`. */
async function readUntil(chunks: AsyncIterator<ChatChunk>, wanted: string): Promise<string> {
  let read = ''
  while (!read.endsWith(wanted)) {
    const step = await chunks.next()
    if (step.done) break
    read += textOf([step.value])
  }
  return read
}

/** The text of the rest of a stream that has been begun. */
async function readRest(chunks: AsyncIterator<ChatChunk>): Promise<string> {
  let read = ''
  for (let step = await chunks.next(); !step.done; step = await chunks.next()) read += textOf([step.value])
  return read
}

const iterate = (stream: ChatStream): AsyncIterator<ChatChunk> => stream[Symbol.asyncIterator]()

/** A stream half-way, and one who joins it: what has passed comes at once, the rest as it comes. */
async function joinsHalfWay({ check, faults, pipeline }: Lab): Promise<void> {
  const server = await faults(provider(gated))
  const made = pipeline({ server, responseCache: {} })
  const leader = iterate(made.stream(question, { endpoint: 'leader' }))
  check.equal(await readUntil(leader, 'time.'), text, 'what has passed')
  const follower = iterate(made.stream(question, { endpoint: 'follower' }))
  const caughtUp = watched(readUntil(follower, 'time.'))
  check.equal(unwrap(await caughtUp.within(soonMs, 'Catching up')), text, 'what the follower has')
  check.equal(server.journal[0]?.ended, undefined, 'the end of the request')
  const [restOfLeader, restOfFollower] = [readRest(leader), readRest(follower)]
  server.release('go')
  check.deepEqual(await Promise.all([restOfLeader, restOfFollower]), ['', ''], 'text after the gate')
  check.equal(server.journal.length, 1, 'requests at the provider')
}

/** One of two readers stops after its first chunk, and goes on when the answer has ended; resolves with its text. */
async function oneStops({ check, faults, pipeline }: Lab, maxEntryBytes?: number) {
  const server = await faults(provider(long))
  const made = pipeline({ server, responseCache: maxEntryBytes ? { maxEntryBytes } : {} })
  const slow = iterate(made.stream(question, { endpoint: 'slow' }))
  const begun = await readUntil(slow, longPieces[0] ?? '')
  const fast = watched(readAll(made.stream(question, { endpoint: 'fast' })))
  const read = textOf(unwrap(await fast.within(limitMs, 'The one who reads on')))
  check.equal(read, long.text, 'the text of the one who reads on')
  const ended = watched(readRest(slow).then((rest) => begun + rest))
  return { server, made, slow: await ended.within(soonMs, 'The one who stopped') }
}

export const CAC15 = defineClause({
  id: 'CAC-15',
  sentence:
    'Followers may join a stream in flight: they get what has passed and then follow; reading follows the fastest consumer, the log is bounded by the largest storable entry, and a laggard past it fails by type.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'response-cache'],
  scenarios: [
    {
      name: 'a follower gets at once what has passed, then the rest as it comes, from one request',
      case: 'ordinary',
      limitMs,
      run: joinsHalfWay,
    },
    {
      name: 'a follower that joins half-way costs nothing, and is told what it was spared',
      case: 'ordinary',
      needs: ['metrics', 'cost'],
      limitMs,
      async run(lab) {
        await joinsHalfWay(lab)
        const { check, records } = lab
        check.deepEqual(
          records
            .map(({ endpoint, cacheStatus, costNanoUsd: billed, savedNanoUsd }) => [
              endpoint,
              cacheStatus,
              billed,
              savedNanoUsd,
            ])
            .sort(),
          [
            ['follower', 'coalesced', 0, costNanoUsd],
            ['leader', 'miss', costNanoUsd, 0],
          ],
        )
      },
    },
    {
      name: 'one who joins half-way and wants no stream gets the whole answer',
      case: 'boundary',
      limitMs,
      async run({ check, faults, pipeline }) {
        const server = await faults(provider(gated))
        const made = pipeline({ server, responseCache: {} })
        const leader = iterate(made.stream(question))
        await readUntil(leader, 'time.')
        const whole = watched(made.chat(question))
        check.equal(await steady(() => server.journal.length, 1), 1, 'requests while both wait')
        const rest = readRest(leader)
        server.release('go')
        const { response } = unwrap(await whole.within(soonMs, 'The whole answer'))
        check.equal(response.choices[0]?.message.content, text, 'the whole answer')
        check.equal(await rest, '', 'the rest of the stream')
      },
    },
    {
      name: 'one who stops reading holds up nobody, and finds everything when it goes on',
      case: 'boundary',
      limitMs: 20_000,
      async run(lab) {
        const { server, slow } = await oneStops(lab)
        lab.check.equal(unwrap(slow), long.text, 'the text of the one who stopped')
        lab.check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'one who has fallen behind further than the log is kept fails by type, and the others do not',
      case: 'nasty',
      needs: ['typed-errors'],
      limitMs: 20_000,
      async run(lab) {
        const { check } = lab
        const { server, slow } = await oneStops(lab, smallBytes)
        const failed = 'error' in slow ? Promise.reject(slow.error) : Promise.resolve()
        const error = await check.rejectsWithCode(failed, 'SLOW_CONSUMER', 'the one who stopped')
        check.equal(error.retryable, true, 'retryable')
        check.lacks(error.message, 'word', 'the message')
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'of a stream that one has fallen behind in, one pays and nobody twice',
      case: 'nasty',
      needs: ['typed-errors', 'metrics', 'cost'],
      limitMs: 20_000,
      async run(lab) {
        const { check, records } = lab
        await oneStops(lab, smallBytes)
        check.deepEqual(records.map(({ endpoint, outcome }) => [endpoint, outcome]).sort(), [
          ['fast', 'success'],
          ['slow', 'error'],
        ])
        const billed = records.reduce((sum, record) => sum + record.costNanoUsd, 0)
        check.equal(billed, costNanoUsd, 'billed, all together')
      },
    },
    {
      name: 'one who comes when the beginning is no longer kept has a whole answer all the same',
      case: 'nasty',
      limitMs: 20_000,
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider((request) => (request.index === 0 ? { ...long, beforeFinish: [{ gate: 'go' }] } : long)),
        )
        const made = pipeline({ server, responseCache: { maxEntryBytes: smallBytes } })
        const leader = iterate(made.stream(question))
        await readUntil(leader, longPieces.at(-1) ?? '')
        const late = watched(readAll(made.stream(question)))
        const read = textOf(unwrap(await late.within(limitMs, 'The one who comes late')))
        check.equal(read, long.text, 'the text of the one who comes late')
        const rest = readRest(leader)
        server.release('go')
        check.equal(await rest, '', 'the rest of the first')
      },
    },
  ],
})
