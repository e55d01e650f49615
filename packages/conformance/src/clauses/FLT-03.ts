import type { Pipeline } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, type Lab } from '../lab.ts'
import { passTime, startStopwatch } from '../pass-time.ts'
import { ask } from '../requests.ts'
import { chatAnswer, errorAnswer } from '../servers/provider.ts'

type Ask = (made: Pipeline) => Promise<unknown>

const chat: Ask = (made) => made.chat(ask('Hello'))
const stream: Ask = (made) => readAll(made.stream(ask('Hello')))

/** How long passed between the failed attempt and the next one, in ms; undefined when there was no next one. */
async function waitedFor(
  { clock, faults, pipeline }: Lab,
  headers: Record<string, string>,
  { status = 429, run = chat, baseDelayMs = 1 }: { status?: number; run?: Ask; baseDelayMs?: number } = {},
): Promise<number | undefined> {
  const elapsed = startStopwatch(clock)
  const arrivals: number[] = []
  const server = await faults((request) => {
    arrivals.push(elapsed())
    return arrivals.length === 1 ? errorAnswer(status, {}, headers) : chatAnswer(request, { text: 'Yes.' })
  })
  const made = pipeline({ server, retry: { maxRetries: 2, baseDelayMs } })
  await passTime(run(made), { clock, servers: [server], upToMs: 5_000 })
  const [first, second] = arrivals
  return first === undefined || second === undefined ? undefined : second - first
}

/** What an error says about the wait that was asked for, in ms: as a field of its own, or in the headers that it carries. */
function waitOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if ('retryAfterMs' in error && typeof error.retryAfterMs === 'number') return error.retryAfterMs
  const headers =
    'headers' in error ? error.headers : 'responseHeaders' in error ? error.responseHeaders : undefined
  if (typeof headers !== 'object' || headers === null) return undefined
  // Node's `Headers` and a plain record both make one of these.
  const read = new Headers(headers as Record<string, string>)
  const milliseconds = read.get('retry-after-ms')
  return milliseconds === null ? Number(read.get('retry-after')) * 1000 : Number(milliseconds)
}

/** Time for a request to come round on a busy machine, in ms. */
const slackMs = 900

export const FLT03 = defineClause({
  id: 'FLT-03',
  sentence:
    '`Retry-After` (seconds, HTTP date) and `retry-after-ms` are obeyed up to the deadline; a longer wait is not retried and is passed to the caller (F).',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'retry', 'deadline'],
  scenarios: [
    {
      name: 'a wait in seconds and one in milliseconds are waited, whole and streamed, after 429 and 503',
      case: 'ordinary',
      async run(lab) {
        const { check } = lab
        for (const run of [chat, stream]) {
          for (const status of [429, 503]) {
            const seconds = await waitedFor(lab, { 'retry-after': '1' }, { status, run })
            check.between(seconds, 999, 1_000 + slackMs, `the wait of 1 s after ${status}`)
            const milliseconds = await waitedFor(lab, { 'retry-after-ms': '1200' }, { status, run })
            check.between(milliseconds, 1_199, 1_200 + slackMs, `the wait of 1,200 ms after ${status}`)
          }
        }
      },
    },
    {
      name: 'a wait until an HTTP date is waited, and the more exact header wins',
      case: 'ordinary',
      async run(lab) {
        const { check, clock } = lab
        // Both wall clocks must say the same: an entrant reads one or the other.
        const second = Math.ceil(Date.now() / 1000) * 1000
        clock.setWallClock(Date.now())
        const waited = await waitedFor(lab, { 'retry-after': new Date(second + 1_000).toUTCString() })
        check.between(waited, 950, 2_000 + slackMs, 'the wait until a date one to two seconds away')
        const exact = await waitedFor(lab, { 'retry-after-ms': '1100', 'retry-after': '3' })
        check.between(exact, 1_099, 1_100 + slackMs, 'the wait of 1,100 ms beside one of 3 s')
      },
    },
    {
      name: 'a wait longer than the time left is not begun, and the caller is told how long it is',
      case: 'boundary',
      async run({ check, clock, faults, pipeline }) {
        const cases = [
          [{ 'retry-after': '120' }, 60_000, 120_000],
          [{ 'retry-after-ms': '120000' }, 60_000, 120_000],
          // Nothing would be left for the attempt itself.
          [{ 'retry-after': '1' }, 1_000, 1_000],
        ] as const
        for (const [headers, deadlineMs, wantedMs] of cases) {
          const server = await faults((request) =>
            request.index === 0 ? errorAnswer(429, {}, headers) : chatAnswer(request, { text: 'Yes.' }),
          )
          const call = pipeline({ server, deadlineMs }).chat(ask('Hello'))
          const outcome = call.then(
            () => undefined,
            (error: unknown) => ({ error }),
          )
          const failed = await passTime(outcome, { clock, servers: [server], upToMs: 500 })
          check.equal(server.journal.length, 1, `requests when told to wait ${wantedMs} ms of ${deadlineMs}`)
          check.ok(failed !== undefined, 'the call must reject')
          check.equal(waitOf(failed?.error), wantedMs, 'the wait that the error tells')
        }
      },
    },
    {
      name: 'a date beyond the deadline is passed on, one that has passed is no wait',
      case: 'boundary',
      async run(lab) {
        const { check, clock, faults, pipeline } = lab
        clock.setWallClock(Date.now())
        const far = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000).toUTCString()
        const server = await faults((request) =>
          request.index === 0
            ? errorAnswer(503, {}, { 'retry-after': far })
            : chatAnswer(request, { text: 'Yes.' }),
        )
        const outcome = pipeline({ server })
          .chat(ask('Hello'))
          .then(
            () => 'resolved',
            () => 'rejected',
          )
        check.equal(
          await passTime(outcome, { clock, servers: [server], upToMs: 500 }),
          'rejected',
          'the call that is told to wait an hour',
        )
        check.equal(server.journal.length, 1, 'requests')
        const past = await waitedFor(lab, { 'retry-after': new Date(Date.now() - 60_000).toUTCString() })
        check.between(past, 0, slackMs, 'the wait until a date in the past')
      },
    },
    {
      name: 'a wait that cannot be read is none: the client’s own back-off applies',
      case: 'nasty',
      async run(lab) {
        const { check } = lab
        const unreadable = ['soon', '', '-5', '1e9', '5 apples', 'NaN', '12:00', '0x10']
        // Concurrently they would share the lab's clock, and each would wait for the others too.
        for (const value of unreadable) {
          for (const name of ['retry-after', 'retry-after-ms']) {
            const waited = await waitedFor(lab, { [name]: value }, { baseDelayMs: 1_000 })
            // Neither at once nor in seconds: half of a second, or whatever the client does by itself.
            check.between(waited, 100, 3_000, `the wait for ${name}: ${value}`)
          }
        }
      },
    },
  ],
})
