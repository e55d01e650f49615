import type { CallContext, ChatRequest, Pipeline } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, textOf as joined } from '../lab.ts'
import type { ManualClock } from '../manual-clock.ts'
import { askCacheable } from '../requests.ts'
import type { Exchange } from '../servers/fault-server.ts'
import { provider, type Reply } from '../servers/provider.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** Every answer of the provider says how many there were before it. */
const numbered = (request: Exchange): Reply => ({ text: `Answer ${request.index}` })

/** The text that one call gets. */
async function textOf(
  made: Pipeline,
  request: ChatRequest,
  context?: CallContext,
): Promise<string | undefined> {
  const { response } = await made.chat(request, context)
  const content = response.choices[0]?.message.content
  return typeof content === 'string' ? content : undefined
}

const hello = askCacheable('Hello')

/** Lets time pass on the lab's clock and on the machine's: an entrant reads one of them. */
async function passOnBothClocks(clock: ManualClock, ms: number): Promise<void> {
  clock.advance(ms)
  await new Promise((resolve) => setTimeout(resolve, ms))
}

export const CAC07 = defineClause({
  id: 'CAC-07',
  sentence: 'TTL with jitter; a stale entry is never served; per-call TTL.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'stream', 'response-cache'],
  scenarios: [
    {
      name: 'an answer is not served when its TTL is over, whole or streamed',
      case: 'ordinary',
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider(numbered))
        const made = pipeline({ server, responseCache: { ttlMs: 200, ttlJitter: 0 } })
        for (let time = 0; time < 3; time++) {
          const text = time === 2 ? joined(await readAll(made.stream(hello))) : await textOf(made, hello)
          check.equal(text, `Answer ${time}`, `the answer number ${time}`)
          await passOnBothClocks(clock, 250)
        }
      },
    },
    {
      name: 'an answer is served until its TTL is over, and not at that moment',
      case: 'ordinary',
      needs: ['clock'],
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider(numbered))
        const made = pipeline({ server, responseCache: { ttlMs: minute, ttlJitter: 0 } })
        check.equal(await textOf(made, hello), 'Answer 0', 'the first answer')
        clock.advance(minute - 1)
        check.equal(await textOf(made, hello), 'Answer 0', 'one ms before its end')
        clock.advance(1)
        check.equal(await textOf(made, hello), 'Answer 1', 'at its end')
        clock.advance(minute - 1)
        check.equal(await textOf(made, hello), 'Answer 1', 'the second answer, one ms before its end')
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
    {
      name: 'a call says how long its own answer may be served, shorter or longer than the cache does',
      case: 'ordinary',
      needs: ['clock'],
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider(numbered))
        const made = pipeline({ server, responseCache: { ttlMs: minute, ttlJitter: 0 } })
        const short = askCacheable('Short')
        const usual = askCacheable('Usual')
        const long = askCacheable('Long')
        await textOf(made, short, { cacheTtlMs: 10 * second })
        await textOf(made, usual)
        await textOf(made, long, { cacheTtlMs: 10 * minute })
        clock.advance(10 * second - 1)
        check.equal(await textOf(made, short), 'Answer 0', 'the short one, one ms before its end')
        clock.advance(1)
        check.equal(await textOf(made, short), 'Answer 3', 'the short one at its end')
        clock.advance(50 * second)
        check.equal(await textOf(made, usual), 'Answer 4', 'the usual one after a minute')
        check.equal(await textOf(made, long), 'Answer 2', 'the long one after a minute')
        clock.advance(9 * minute)
        check.equal(await textOf(made, long), 'Answer 5', 'the long one after ten minutes')
      },
    },
    {
      name: 'a TTL of its own belongs to the answer that was stored, whole or streamed; a hit does not change it',
      case: 'boundary',
      needs: ['clock'],
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider(numbered))
        const made = pipeline({ server, responseCache: { ttlMs: minute, ttlJitter: 0 } })
        await readAll(made.stream(hello, { cacheTtlMs: 10 * minute }))
        clock.advance(9 * minute)
        check.equal(await textOf(made, hello, { cacheTtlMs: second }), 'Answer 0', 'a hit of a hasty caller')
        clock.advance(30 * second)
        check.equal(await textOf(made, hello, { cacheTtlMs: hour }), 'Answer 0', 'a hit of a patient one')
        clock.advance(30 * second)
        check.equal(await textOf(made, hello), 'Answer 1', 'at its end')
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
    {
      name: 'entries written together end one after the other, none after its TTL, none before 1 - jitter of it',
      case: 'boundary',
      needs: ['clock'],
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider(numbered))
        const draws = [0, 0.2, 0.4, 0.6, 0.8, 0.999]
        let drawn = 0
        const random = (): number => draws[drawn++ % draws.length] ?? 0
        const made = pipeline({ server, random, responseCache: { ttlMs: minute, ttlJitter: 0.5 } })
        const requests = draws.map((draw) => askCacheable(`Question ${draw}`))
        for (const request of requests) await textOf(made, request)
        // What is asked for again is stored for a ms only, so that an entry that has ended does not come back.
        const stillServed = async (): Promise<number> => {
          let served = 0
          for (const request of requests) {
            const before = server.journal.length
            await textOf(made, request, { cacheTtlMs: 1 })
            if (server.journal.length === before) served++
          }
          clock.advance(1)
          return served
        }
        clock.advance(29_900)
        check.equal(await stillServed(), 6, 'entries served just before half of the TTL')
        clock.advance(15_000)
        const midway = await stillServed()
        check.between(midway, 1, 5, 'entries served at three quarters of the TTL')
        clock.advance(14_900)
        check.between(await stillServed(), 0, midway - 1, 'entries served just before the TTL')
        clock.advance(200)
        check.equal(await stillServed(), 0, 'entries served after the TTL')
      },
    },
    {
      name: 'without options an answer lives for an hour, less a tenth at most',
      case: 'boundary',
      needs: ['clock'],
      async run({ check, clock, faults, pipeline }) {
        for (const random of [() => 0, () => 0.999_999]) {
          const server = await faults(provider(numbered))
          const made = pipeline({ server, random, responseCache: {} })
          await textOf(made, hello)
          clock.advance(0.9 * hour - 1)
          check.equal(await textOf(made, hello), 'Answer 0', 'before nine tenths of an hour')
          clock.advance(0.1 * hour + 1)
          check.equal(await textOf(made, hello), 'Answer 1', 'after an hour')
        }
      },
    },
    {
      name: 'a TTL that is none is refused by name, whole and streamed, and nothing is sent',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider(numbered))
        const made = pipeline({ server, responseCache: {} })
        for (const cacheTtlMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
          const calls = [
            () => made.chat(hello, { cacheTtlMs }),
            () => readAll(made.stream(hello, { cacheTtlMs })),
          ]
          for (const call of calls) {
            let error: unknown
            try {
              await call()
            } catch (thrown) {
              error = thrown
            }
            check.ok(error instanceof RangeError, `a TTL of ${cacheTtlMs} is a RangeError`)
            check.match(String(error), /cacheTtlMs/, 'its message')
          }
        }
        check.equal(server.journal.length, 0, 'requests at the provider')
      },
    },
    {
      name: 'an answer that is read half-way is not served when the TTL of its storing is over',
      case: 'nasty',
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider(numbered))
        const made = pipeline({ server, responseCache: { ttlMs: 300, ttlJitter: 0 } })
        await textOf(made, hello)
        await passOnBothClocks(clock, 200)
        // The first answer, or another one where that took long.
        await textOf(made, hello)
        await passOnBothClocks(clock, 200)
        check.notEqual(await textOf(made, hello), 'Answer 0', 'the answer of 400 ms ago is served')
      },
    },
    {
      name: 'being read does not make an entry live longer, whole or streamed',
      case: 'nasty',
      needs: ['clock'],
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider(numbered))
        const made = pipeline({ server, responseCache: { ttlMs: minute, ttlJitter: 0 } })
        await textOf(made, hello)
        for (let read = 0; read < 59; read++) {
          clock.advance(second)
          if (read % 2 === 0) await textOf(made, hello)
          else await readAll(made.stream(hello))
        }
        check.equal(server.journal.length, 1, 'requests before the end')
        clock.advance(second)
        check.equal(await textOf(made, hello), 'Answer 1', 'at its end')
      },
    },
    {
      name: 'a store that forgets nothing does not make a stale entry an answer',
      case: 'nasty',
      needs: ['clock', 'byte-store'],
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider(numbered))
        // Whoever has a store of its own is asked just the same.
        const responseCache = { store: createSpyStore(), ttlMs: minute, ttlJitter: 0 }
        const made = pipeline({ server, responseCache })
        await textOf(made, hello)
        clock.advance(minute)
        check.equal(await textOf(made, hello), 'Answer 1', 'a whole answer')
        clock.advance(minute)
        await readAll(made.stream(hello))
        check.equal(server.journal.length, 3, 'requests at the provider')
        check.equal(await textOf(made, hello), 'Answer 2', 'the answer that has taken its place')
      },
    },
    {
      name: 'a wall clock that is set back does not bring a stale entry to life again, nor let one live longer',
      case: 'nasty',
      needs: ['clock'],
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider(numbered))
        const made = pipeline({ server, responseCache: { ttlMs: minute, ttlJitter: 0 } })
        await textOf(made, hello)
        clock.setWallClock(clock.now() - hour)
        clock.advance(minute)
        check.equal(await textOf(made, hello), 'Answer 1', 'a minute after it was stored')
        clock.advance(minute)
        clock.setWallClock(clock.now() - 2 * hour)
        check.equal(await textOf(made, hello), 'Answer 2', 'set back after its end')
        // By less than the clocks of two machines may differ.
        clock.setWallClock(clock.now() - 30 * second)
        clock.advance(minute)
        check.equal(
          await textOf(made, hello),
          'Answer 3',
          'a minute after it was stored, set back by half of one',
        )
      },
    },
    {
      name: 'nor does it in a store that goes by the wall clock, where the clocks of two machines differ a little',
      case: 'nasty',
      needs: ['clock', 'byte-store'],
      async run({ check, clock, faults, pipeline }) {
        const server = await faults(provider(numbered))
        const responseCache = { store: createSpyStore(), ttlMs: 10 * minute, ttlJitter: 0 }
        const made = pipeline({ server, responseCache })
        await textOf(made, hello)
        clock.setWallClock(clock.now() - second)
        check.equal(await textOf(made, hello), 'Answer 0', 'by a clock that is a second behind')
        clock.setWallClock(clock.now() - hour)
        clock.advance(10 * minute)
        check.equal(await textOf(made, hello), 'Answer 1', 'ten minutes after it was stored')
      },
    },
  ],
})
