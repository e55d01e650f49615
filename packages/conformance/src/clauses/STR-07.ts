import type { ChatChunk } from '@plumbline/core'

import type { Checks } from '../checks.ts'
import { defineClause } from '../clause.ts'
import { textOf } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { Answer, Step } from '../servers/answer.ts'
import type { Exchange } from '../servers/fault-server.ts'
import { deltaEvent, eventStream } from '../servers/provider.ts'
import { steady } from '../timing.ts'

const mebibyte = 1_048_576
const boundBytes = 8 * mebibyte
const question = ask('Everything you know.')

/** A stream of this many bytes of text, in pieces of so many. */
function flood(totalBytes: number, pieceBytes: number): Answer {
  const piece = deltaEvent({ content: 'x'.repeat(pieceBytes) })
  const steps: Step[] = Array.from({ length: Math.ceil(totalBytes / pieceBytes) }, () => piece)
  return eventStream([...steps, deltaEvent({}, { finishReason: 'stop' })])
}

/** Requires that a provider whose reader has stopped can send no more than the bound. */
async function holdsBack(check: Checks, exchange: Exchange): Promise<void> {
  const sentBytes = await steady(() => exchange.sentBytes, boundBytes)
  check.between(sentBytes, 1, boundBytes, 'bytes that the provider could send')
  check.equal(exchange.ended, undefined, 'how the exchange had ended while nobody read')
}

async function readText(iterator: AsyncIterator<ChatChunk>, length: number): Promise<number> {
  let read = 0
  while (read < length) {
    const step = await iterator.next()
    if (step.done) break
    read += textOf([step.value]).length
  }
  return read
}

export const STR07 = defineClause({
  id: 'STR-07',
  sentence:
    'A slow consumer bounds memory: back-pressure reaches the provider’s socket, at most 8 MB are sent (F).',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['stream'],
  scenarios: [
    {
      name: 'a consumer that stops after the first text holds the provider back, and gets the rest when it reads on',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const totalBytes = 24 * mebibyte
        const server = await faults([flood(totalBytes, 16_384)])
        const iterator = pipeline({ server }).stream(question)[Symbol.asyncIterator]()
        let read = await readText(iterator, 1)
        const exchange = await server.received(1)
        await holdsBack(check, exchange)
        read += await readText(iterator, Infinity)
        check.equal(read, totalBytes, 'characters that were read in the end')
        check.equal(exchange.ended?.by, 'answer', 'who ended the exchange')
      },
    },
    {
      name: 'a consumer that has read ten megabytes at full speed and then stops',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults([flood(48 * mebibyte, 16_384)])
        const iterator = pipeline({ server }).stream(question)[Symbol.asyncIterator]()
        const read = await readText(iterator, 10 * mebibyte)
        const exchange = await server.received(1)
        const ahead = await steady(() => exchange.sentBytes - read, boundBytes)
        check.between(ahead, 0, boundBytes, 'bytes sent beyond what was read')
        await iterator.return?.()
        const { ended } = await server.ended(exchange)
        check.equal(ended?.by, 'client', 'who ended the exchange')
      },
    },
    {
      name: 'chunks of a few words are held back like large ones',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults([flood(60_000 * 40, 40)])
        const iterator = pipeline({ server }).stream(question)[Symbol.asyncIterator]()
        await readText(iterator, 1)
        await holdsBack(check, await server.received(1))
        await iterator.return?.()
      },
    },
    {
      name: 'one who waits for the result as well does not drain it behind the reader’s back',
      case: 'nasty',
      limitMs: 20_000,
      async run({ check, faults, pipeline }) {
        const server = await faults([flood(24 * mebibyte, 16_384)])
        const stream = pipeline({ server }).stream(question)
        const iterator = stream[Symbol.asyncIterator]()
        const settled = Promise.allSettled([stream.result])
        await readText(iterator, 1)
        await holdsBack(check, await server.received(1))
        await iterator.return?.()
        // Of entrants without a result it is settled already.
        await settled
      },
    },
    {
      name: 'events of a hundred kilobytes each are held back one by one',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults([flood(24 * mebibyte, 102_400)])
        const iterator = pipeline({ server }).stream(question)[Symbol.asyncIterator]()
        check.equal(await readText(iterator, 1), 102_400, 'characters of the first event')
        await holdsBack(check, await server.received(1))
        await iterator.return?.()
      },
    },
    {
      name: 'an answer that might be stored is held back like any other',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults([flood(24 * mebibyte, 16_384)])
        const stream = pipeline({ server, responseCache: {} }).stream(askCacheable('Everything you know.'))
        const iterator = stream[Symbol.asyncIterator]()
        await readText(iterator, 1)
        await holdsBack(check, await server.received(1))
        await iterator.return?.()
      },
    },
  ],
})
