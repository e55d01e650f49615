import type { LLMCallMetrics } from '@plumbline/core'

import type { Checks } from '../checks.ts'
import { defineClause } from '../clause.ts'
import { readAll, textOf, type Lab } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import type { Step } from '../servers/answer.ts'
import { chatAnswer, errorAnswer, provider, type Reply } from '../servers/provider.ts'
import { steady } from '../timing.ts'

const question = askCacheable('How are you?')
const text = 'All is well here.'
// gpt-4o at 2,500 and 10,000 nano-dollars a token (CST-01).
const usage = { prompt_tokens: 1000, completion_tokens: 200 }
const costNanoUsd = 1000 * 2500 + 200 * 10_000
const gate: Step[] = [{ gate: 'go' }]
const gated: Reply = { text, usage, beforeFirst: gate }

/** How fast a connection closes that nobody waits for any more, in ms (FLT-07). */
const closeLimitMs = 250

const money = ['metrics', 'cost'] as const
/** Of a scenario: one whose call is not shared may wait for an answer that nobody releases. */
const limitMs = 5_000

/** Time for every call that was begun to get as far as it can. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

/** How a call ended and what it cost, by the endpoint that it was made from. */
function bill(records: readonly LLMCallMetrics[], endpoint: string): unknown[] {
  return records
    .filter((record) => record.endpoint === endpoint)
    .map(({ outcome, cacheStatus, attempts, costNanoUsd: billed, savedNanoUsd }) => [
      outcome,
      cacheStatus,
      attempts,
      billed,
      savedNanoUsd,
    ])
}

const paid = [['success', 'miss', 1, costNanoUsd, 0]]
const spared = [['success', 'coalesced', 0, 0, costNanoUsd]]

/** One record of a call that was cancelled, at no cost. */
function checkLeftForFree(check: Checks, records: readonly LLMCallMetrics[], endpoint: string): void {
  const own = records.filter((record) => record.endpoint === endpoint)
  check.deepEqual(
    own.map(({ outcome, costNanoUsd: billed, savedNanoUsd }) => [outcome, billed, savedNanoUsd]),
    [['cancelled', 0, 0]],
    `the record of the ${endpoint}`,
  )
}

/** The promise, whose rejection is nobody's loss when the scenario fails before it is awaited. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

/** A leader, a follower that stays, and two that abort while the provider thinks. */
async function followerAborts({ check, faults, pipeline }: Lab): Promise<void> {
  const server = await faults(provider(gated))
  const made = pipeline({ server, responseCache: {} })
  const controller = new AbortController()
  const { signal } = controller
  const leader = handled(made.chat(question, { endpoint: 'leader' }))
  await server.received(1)
  const leaving = handled(made.chat(question, { endpoint: 'leaver', signal }))
  const leavingStream = handled(readAll(made.stream(question, { endpoint: 'leaving stream', signal })))
  const staying = handled(made.chat(question, { endpoint: 'stayer' }))
  await settled()
  check.equal(server.journal.length, 1, 'requests at the provider while all wait')
  controller.abort()
  await check.rejectsWithCode(leaving, 'CANCELLED', 'the follower that aborts')
  await check.rejectsWithCode(leavingStream, 'CANCELLED', 'the streamed one that aborts')
  await settled()
  check.equal(server.journal[0]?.ended, undefined, 'the end of the request')
  server.release('go')
  for (const call of [leader, staying]) {
    check.equal((await call).response.choices[0]?.message.content, text, 'an answer')
  }
  check.equal(server.journal.length, 1, 'requests at the provider')
}

/** A leader that aborts while the provider thinks, and two followers that stay. */
async function leaderAborts({ check, faults, pipeline }: Lab): Promise<void> {
  const server = await faults(provider(gated))
  const made = pipeline({ server, responseCache: {} })
  const controller = new AbortController()
  const leader = handled(made.chat(question, { endpoint: 'leader', signal: controller.signal }))
  await server.received(1)
  const oldest = handled(made.chat(question, { endpoint: 'oldest' }))
  await settled()
  const streamed = handled(readAll(made.stream(question, { endpoint: 'streamed' })))
  await settled()
  controller.abort()
  await check.rejectsWithCode(leader, 'CANCELLED', 'the leader')
  await settled()
  check.equal(server.journal[0]?.ended, undefined, 'the end of the request')
  server.release('go')
  check.equal((await oldest).response.choices[0]?.message.content, text, 'the answer of the oldest')
  check.equal(textOf(await streamed), text, 'the streamed answer')
  check.equal(server.journal.length, 1, 'requests at the provider')
  await made.chat(question)
  check.equal(server.journal.length, 1, 'requests after a later call')
}

/** A stream that leads and is left half-way, with a whole and a streamed follower. */
async function leadingStreamIsLeft({ check, faults, pipeline }: Lab): Promise<void> {
  const server = await faults(provider({ text, usage, beforeFinish: gate }))
  const made = pipeline({ server, responseCache: {} })
  const leading = made.stream(question, { endpoint: 'leader' })[Symbol.asyncIterator]()
  let received = ''
  while (!received.includes('well')) {
    const step = await leading.next()
    if (step.done) break
    received += textOf([step.value])
  }
  const oldest = handled(made.chat(question, { endpoint: 'oldest' }))
  await settled()
  const streamed = handled(readAll(made.stream(question, { endpoint: 'streamed' })))
  await settled()
  await leading.return?.()
  server.release('go')
  check.equal((await oldest).response.choices[0]?.message.content, text, 'the whole answer')
  check.equal(textOf(await streamed), text, 'the streamed answer')
  check.equal(server.journal.length, 1, 'requests at the provider')
}

/** A leader that fails after its retries, with followers in both modes; the provider answers whoever comes later. */
async function leaderFails({ check, faults, pipeline }: Lab) {
  const server = await faults((request) =>
    request.index < 3 ? { ...errorAnswer(503), before: gate } : chatAnswer(request, { text, usage }),
  )
  const made = pipeline({ server, responseCache: {} })
  const leader = handled(made.chat(question, { endpoint: 'leader' }))
  await server.received(1)
  const followers = [1, 2, 3].map(() => handled(made.chat(question, { endpoint: 'follower' })))
  const streamed = handled(readAll(made.stream(question, { endpoint: 'follower' })))
  await settled()
  server.release('go')
  for (const call of [leader, ...followers, streamed]) {
    await check.rejectsWithCode(call, 'UPSTREAM', 'one of the callers')
  }
  check.equal(server.journal.length, 3, 'requests at the provider, two of them retries')
  return { server, made }
}

/** A leader that fails where the next one leads: one more call, for all who are left. */
async function nextLeads({ check, faults, pipeline }: Lab, mode: 'whole' | 'streamed'): Promise<void> {
  const server = await faults((request) =>
    request.index === 0
      ? { ...errorAnswer(503), before: gate }
      : chatAnswer(request, { text, usage, beforeFirst: [{ gate: 'again' }] }),
  )
  const responseCache = { onLeaderFailure: 'next-leads' } as const
  const made = pipeline({ server, responseCache, retry: { maxRetries: 0 } })
  const ask = async (name: string): Promise<unknown> => {
    const context = { endpoint: `${mode} ${name}` }
    if (mode === 'streamed') return textOf(await readAll(made.stream(question, context)))
    return (await made.chat(question, context)).response.choices[0]?.message.content
  }
  const leader = handled(ask('leader'))
  await server.received(1)
  const waiting = [handled(ask('next')), ...[1, 2, 3].map(() => handled(ask('other')))]
  await settled()
  server.release('go')
  await check.rejectsWithCode(leader, 'UPSTREAM', `the ${mode} leader`)
  await server.received(2)
  await settled()
  server.release('again')
  check.deepEqual(await Promise.all(waiting), [text, text, text, text], 'the answers')
  check.equal(server.journal.length, 2, 'requests at the provider')
}

/** A leader whose deadline passes before its retry, with followers that have more time. */
async function deadlinePasses({ check, clock, faults, pipeline }: Lab): Promise<void> {
  const server = await faults((request) =>
    request.index === 0 ? { ...errorAnswer(503), before: gate } : chatAnswer(request, { text, usage }),
  )
  const made = pipeline({ server, responseCache: {} })
  const leader = handled(made.chat(question, { endpoint: 'leader', deadlineMs: 1_000 }))
  await server.received(1)
  const oldest = handled(made.chat(question, { endpoint: 'oldest', deadlineMs: 60_000 }))
  const other = handled(made.chat(question, { endpoint: 'other', deadlineMs: 30_000 }))
  await settled()
  clock.advance(1_000)
  await check.rejectsWithCode(leader, 'TIMEOUT', 'the leader')
  server.release('go')
  check.equal((await oldest).response.choices[0]?.message.content, text, 'the answer of the oldest')
  check.equal((await other).response.choices[0]?.message.content, text, 'the answer of the other')
  check.equal(server.journal.length, 2, 'requests at the provider, one of them a retry')
}

/** Four who wait for a provider that is down, where the next one leads. */
async function eachLeadsInTurn({ check, faults, pipeline }: Lab): Promise<void> {
  // Each request waits to be counted: of those that are answered at once it is chance whether two are seen together.
  const server = await faults(({ index }) => ({ ...errorAnswer(503), before: [{ gate: `go ${index}` }] }))
  const responseCache = { onLeaderFailure: 'next-leads' } as const
  const made = pipeline({ server, responseCache, retry: { maxRetries: 0 } })
  const calls = [1, 2, 3, 4].map(() => handled(made.chat(question)))
  for (let turn = 0; turn < calls.length; turn++) {
    await server.received(turn + 1)
    const requests = await steady(() => server.journal.length, turn + 1)
    check.equal(requests, turn + 1, `requests when the ${turn + 1}th leads`)
    server.release(`go ${turn}`)
  }
  for (const call of calls) await check.rejectsWithCode(call, 'UPSTREAM', 'one of the callers')
  check.equal(server.journal.length, 4, 'requests at the provider')
  check.equal(server.maxInFlight, 1, 'requests at once')
}

export const CAC13 = defineClause({
  id: 'CAC-13',
  sentence:
    'A follower that aborts leaves the others alone; when the leader aborts the provider call goes on for the followers and its cost moves to the oldest of them; when the last one leaves, the call is closed; a leader that fails fails the followers once, or the next one leads, by option.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'response-cache'],
  scenarios: [
    {
      name: 'a follower that aborts is let go at once, and leaves the others their answer',
      case: 'ordinary',
      limitMs,
      run: followerAborts,
    },
    {
      name: 'a follower that aborts costs nothing, and the leader pays as before',
      case: 'ordinary',
      needs: money,
      limitMs,
      async run(lab) {
        await followerAborts(lab)
        const { check, records } = lab
        check.deepEqual(bill(records, 'leader'), paid, 'the leader')
        check.deepEqual(bill(records, 'stayer'), spared, 'the follower that stays')
        checkLeftForFree(check, records, 'leaver')
        checkLeftForFree(check, records, 'leaving stream')
      },
    },
    {
      name: 'when the leader aborts, the call goes on for the others',
      case: 'ordinary',
      limitMs,
      run: leaderAborts,
    },
    {
      name: 'when the leader aborts, the oldest of the others pays',
      case: 'ordinary',
      needs: money,
      limitMs,
      async run(lab) {
        await leaderAborts(lab)
        const { check, records } = lab
        checkLeftForFree(check, records, 'leader')
        check.deepEqual(bill(records, 'oldest'), paid, 'the oldest follower')
        check.deepEqual(bill(records, 'streamed'), spared, 'the other follower')
      },
    },
    {
      name: 'a leading stream that is left half-way goes on for whole and streamed followers',
      case: 'boundary',
      limitMs,
      run: leadingStreamIsLeft,
    },
    {
      name: 'of a leading stream that is left half-way the oldest follower pays',
      case: 'boundary',
      needs: money,
      limitMs,
      async run(lab) {
        await leadingStreamIsLeft(lab)
        const { check, records } = lab
        checkLeftForFree(check, records, 'leader')
        check.deepEqual(bill(records, 'oldest'), paid, 'the oldest follower')
        check.deepEqual(bill(records, 'streamed'), spared, 'the other follower')
      },
    },
    {
      name: 'when the last one leaves, whoever that is, the connection closes, and a later call makes its own',
      case: 'boundary',
      limitMs,
      async run({ check, faults, pipeline }) {
        for (const order of [
          [0, 1, 2],
          [2, 1, 0],
          [1, 2, 0],
        ]) {
          const server = await faults((request) =>
            chatAnswer(request, request.index === 0 ? gated : { text, usage }),
          )
          const made = pipeline({ server, responseCache: {} })
          const controllers = [0, 1, 2].map(() => new AbortController())
          const calls = controllers.map(({ signal }, index) =>
            index === 1 ? readAll(made.stream(question, { signal })) : made.chat(question, { signal }),
          )
          const outcomes = Promise.allSettled(calls)
          const exchange = await server.received(1)
          await settled()
          check.equal(server.journal.length, 1, 'requests of the three at the provider')
          for (const index of order.slice(0, 2)) controllers[index]?.abort()
          await settled()
          check.equal(exchange.ended, undefined, 'the end of the request while one is left')
          const leftAtMs = performance.now()
          controllers[order[2] ?? 0]?.abort()
          const { ended } = await server.ended(exchange)
          check.equal(ended?.by, 'client', 'who has ended the request')
          check.between((ended?.atMs ?? 0) - leftAtMs, 0, closeLimitMs, 'ms until it was closed')
          check.ok(
            (await outcomes).every(({ status }) => status === 'rejected'),
            'all of them are rejected',
          )
          check.equal(
            (await made.chat(question)).response.choices[0]?.message.content,
            text,
            'a later answer',
          )
          check.equal(server.journal.length, 2, 'requests at the provider')
        }
      },
    },
    {
      name: 'who has aborted before the call neither joins nor calls',
      case: 'boundary',
      limitMs,
      async run({ check, faults, pipeline }) {
        const server = await faults(provider(gated))
        const made = pipeline({ server, responseCache: {} })
        const signal = AbortSignal.abort()
        await check.rejectsWithCode(made.chat(question, { signal }), 'CANCELLED', 'a call without a leader')
        check.equal(server.journal.length, 0, 'requests at the provider')
        const leader = handled(made.chat(question))
        await server.received(1)
        await check.rejectsWithCode(made.chat(question, { signal }), 'CANCELLED', 'a follower')
        await check.rejectsWithCode(readAll(made.stream(question, { signal })), 'CANCELLED', 'a stream')
        server.release('go')
        check.equal((await leader).response.choices[0]?.message.content, text, 'the answer of the leader')
      },
    },
    {
      name: 'a leader that fails fails its followers with it: one call, and nothing is kept',
      case: 'boundary',
      limitMs,
      async run(lab) {
        const { server, made } = await leaderFails(lab)
        const { response } = await made.chat(question)
        lab.check.equal(response.choices[0]?.message.content, text, 'a later answer')
        lab.check.equal(server.journal.length, 4, 'requests after it')
      },
    },
    {
      name: 'a leader that fails is recorded with all the attempts, its followers with none',
      case: 'boundary',
      needs: ['metrics'],
      limitMs,
      async run(lab) {
        await leaderFails(lab)
        const { check, records } = lab
        const attempts = (endpoint: string): number[] =>
          records.filter((record) => record.endpoint === endpoint).map((record) => record.attempts)
        check.deepEqual(attempts('leader'), [3], 'attempts of the leader')
        check.deepEqual(attempts('follower'), [0, 0, 0, 0], 'attempts of the followers')
        check.ok(
          records.every(({ outcome }) => outcome === 'error'),
          'all of them are recorded as errors',
        )
      },
    },
    {
      name: 'by option the next one leads when the leader fails, whole and streamed',
      case: 'boundary',
      limitMs,
      async run(lab) {
        for (const mode of ['whole', 'streamed'] as const) await nextLeads(lab, mode)
      },
    },
    {
      name: 'by option the next one leads when the leader fails, and pays, whole and streamed',
      case: 'boundary',
      needs: money,
      limitMs,
      async run(lab) {
        const { check, records } = lab
        for (const mode of ['whole', 'streamed'] as const) {
          await nextLeads(lab, mode)
          check.deepEqual(bill(records, `${mode} leader`), [['error', 'miss', 1, 0, 0]], 'the leader')
          check.deepEqual(bill(records, `${mode} next`), paid, 'the next one')
          check.deepEqual(bill(records, `${mode} other`), [...spared, ...spared, ...spared], 'the other ones')
        }
      },
    },
    {
      name: 'a leader whose deadline passes takes neither the answer nor a retry from the others',
      case: 'nasty',
      needs: ['clock'],
      limitMs,
      run: deadlinePasses,
    },
    {
      name: 'when the deadline of the leader passes, the oldest of the others pays, and has made the retry',
      case: 'nasty',
      needs: ['clock', ...money],
      limitMs,
      async run(lab) {
        await deadlinePasses(lab)
        const { check, records } = lab
        check.deepEqual(bill(records, 'oldest'), [['success', 'miss', 2, costNanoUsd, 0]], 'the oldest')
        check.deepEqual(bill(records, 'other'), spared, 'the other follower')
      },
    },
    {
      name: 'all leave and others come in the same moment: these are answered, and share what they wait for',
      case: 'nasty',
      limitMs,
      async run({ check, faults, pipeline }) {
        const server = await faults((request) =>
          chatAnswer(request, { text: `Answer ${request.index}`, usage, beforeFirst: gate }),
        )
        const made = pipeline({ server, responseCache: {} })
        const controller = new AbortController()
        const { signal } = controller
        const leaving = Promise.allSettled([1, 2, 3].map(() => made.chat(question, { signal })))
        await server.received(1)
        await settled()
        controller.abort()
        const late = [handled(made.chat(question)), handled(made.chat(question))]
        const lateStream = handled(readAll(made.stream(question)))
        check.ok(
          (await leaving).every(({ status }) => status === 'rejected'),
          'who has left is rejected',
        )
        await settled()
        late.push(handled(made.chat(question)))
        await settled()
        server.release('go')
        // They may have come in time for the call that the others leave.
        const { length } = server.journal
        check.between(length, 1, 2, 'requests at the provider')
        for (const call of late) {
          const content = (await call).response.choices[0]?.message.content
          check.equal(content, `Answer ${length - 1}`, 'an answer')
        }
        check.equal(textOf(await lateStream), `Answer ${length - 1}`, 'a streamed answer')
        check.equal(server.journal.length, length, 'requests at the end')
      },
    },
    {
      name: 'with a provider that is down, the next ones lead in turn, never two at once',
      case: 'nasty',
      limitMs,
      run: eachLeadsInTurn,
    },
    {
      name: 'with a provider that is down, each of those who lead in turn is recorded once',
      case: 'nasty',
      needs: ['metrics'],
      limitMs,
      async run(lab) {
        await eachLeadsInTurn(lab)
        const { check, records } = lab
        check.deepEqual(
          records.map(({ outcome, attempts }) => [outcome, attempts]),
          [1, 2, 3, 4].map(() => ['error', 1]),
          'the records',
        )
      },
    },
    {
      name: 'nobody leads where another attempt would fail alike: a request that is refused is refused once',
      case: 'nasty',
      limitMs,
      async run({ check, faults, pipeline }) {
        const server = await faults([
          { ...errorAnswer(400, { type: 'invalid_request_error' }), before: gate },
        ])
        const made = pipeline({ server, responseCache: { onLeaderFailure: 'next-leads' } })
        const calls = [handled(made.chat(question))]
        await server.received(1)
        calls.push(...[1, 2, 3].map(() => handled(made.chat(question))))
        await settled()
        server.release('go')
        for (const call of calls) await check.rejectsWithCode(call, 'INVALID_REQUEST', 'one of the callers')
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'a stream that fails half-way fails those who have read of it; one who has not leads',
      case: 'nasty',
      limitMs,
      async run({ check, faults, pipeline }) {
        const failure: Step[] = [{ gate: 'go' }, { event: { error: { message: 'overloaded' } } }]
        const server = await faults((request) =>
          chatAnswer(request, request.index === 0 ? { text, beforeFinish: failure } : { text, usage }),
        )
        const made = pipeline({
          server,
          responseCache: { onLeaderFailure: 'next-leads' },
          retry: { maxRetries: 0 },
        })
        const leading = handled(readAll(made.stream(question)))
        await server.reached('go')
        const following = handled(readAll(made.stream(question)))
        const whole = handled(made.chat(question))
        await settled()
        server.release('go')
        await check.rejectsWithCode(leading, 'UPSTREAM', 'the leading stream')
        await check.rejectsWithCode(following, 'UPSTREAM', 'the stream that followed it')
        check.equal((await whole).response.choices[0]?.message.content, text, 'the whole answer')
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
  ],
})
