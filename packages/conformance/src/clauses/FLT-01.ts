import type { Pipeline } from '@plumbline/core'

import type { CodedError } from '../checks.ts'
import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { ask } from '../requests.ts'
import type { Answer } from '../servers/answer.ts'
import { errorAnswer, provider } from '../servers/provider.ts'
import { wordPolicy } from '../test-policy.ts'

interface Kind {
  answer: Answer
  code: string
  name: string
  status: number | undefined
  retryable: boolean
}

const kind = (answer: Answer, code: string, name: string, retryable = false): Kind => ({
  answer,
  code,
  name,
  status: answer.status,
  retryable,
})

const kinds: readonly Kind[] = [
  kind(errorAnswer(429, { code: 'rate_limit_exceeded' }), 'RATE_LIMITED', 'RateLimitedError', true),
  kind(errorAnswer(429, { code: 'insufficient_quota' }), 'QUOTA_EXCEEDED', 'QuotaExceededError'),
  kind(errorAnswer(408), 'TIMEOUT', 'TimeoutError', true),
  kind(errorAnswer(401, { code: 'invalid_api_key' }), 'AUTHENTICATION', 'AuthenticationError'),
  kind(errorAnswer(403), 'AUTHENTICATION', 'AuthenticationError'),
  kind(errorAnswer(400), 'INVALID_REQUEST', 'InvalidRequestError'),
  kind(errorAnswer(404, { code: 'model_not_found' }), 'INVALID_REQUEST', 'InvalidRequestError'),
  kind(errorAnswer(413), 'INVALID_REQUEST', 'InvalidRequestError'),
  kind(errorAnswer(422), 'INVALID_REQUEST', 'InvalidRequestError'),
  kind(errorAnswer(400, { code: 'context_length_exceeded' }), 'CONTEXT_LENGTH', 'ContextLengthError'),
  kind(errorAnswer(400, { code: 'content_filter' }), 'CONTENT_FILTERED', 'ContentFilteredError'),
  kind(errorAnswer(400, { code: 'content_policy_violation' }), 'CONTENT_FILTERED', 'ContentFilteredError'),
  kind(errorAnswer(409), 'UPSTREAM', 'UpstreamError', true),
  kind(errorAnswer(500), 'UPSTREAM', 'UpstreamError', true),
  kind(errorAnswer(502), 'UPSTREAM', 'UpstreamError', true),
  kind(errorAnswer(503), 'UPSTREAM', 'UpstreamError', true),
  kind(errorAnswer(504), 'UPSTREAM', 'UpstreamError', true),
]

const embedRequest = { model: 'text-embedding-3-small', input: 'Hello' }

/** What the taxonomy says of an error, beside its class. */
function factsOf({ name, code, retryable, status, attempts }: CodedError): unknown {
  return { name, code, retryable, status, attempts }
}

// BudgetExceeded has its scenarios in CST-09, with the budgets that raise it.
export const FLT01 = defineClause({
  id: 'FLT-01',
  sentence:
    'Errors form one taxonomy: RateLimited, QuotaExceeded, Timeout, Authentication, InvalidRequest, ContextLength, ' +
    'ContentFiltered, Upstream, Network, Truncated, Cancelled, GuardrailBlocked, BudgetExceeded; each with a stable code, ' +
    '`retryable`, status, attempts, `cause`, and the same for both builds (F).',
  origin: 'user expectation',
  kind: 'entrant',
  needs: [
    ...(['typed-errors', 'chat', 'stream', 'stream-result', 'embed', 'retry', 'deadline', 'clock'] as const),
    'guardrail-policy',
  ],
  scenarios: [
    {
      name: 'each error answer of the provider has its class, code, status, attempts and cause',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        for (const { answer, code, name, status, retryable } of kinds) {
          const made = pipeline({ server: await faults([answer]), retry: { maxRetries: 1, baseDelayMs: 1 } })
          const error = await check.rejectsWithCode(made.chat(ask('Hello')), code, `status ${status}`)
          const attempts = retryable ? 2 : 1
          check.deepEqual(factsOf(error), { name, code, retryable, status, attempts })
          check.ok(error.cause instanceof Error, `the cause of ${code} must be the error below it`)
        }
      },
    },
    {
      name: 'streams and embeddings fail by the same classes',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const ways: [string, (made: Pipeline) => PromiseLike<unknown>][] = [
          ['iteration', (made) => readAll(made.stream(ask('Hello')))],
          ['result', (made) => made.stream(ask('Hello')).result],
          ['embed', (made) => made.embed(embedRequest)],
        ]
        for (const { answer, code, name, status, retryable } of kinds) {
          for (const [way, run] of ways) {
            const made = pipeline({
              server: await faults([answer]),
              retry: { maxRetries: 1, baseDelayMs: 1 },
            })
            const error = await check.rejectsWithCode(run(made), code, `${way} with status ${status}`)
            check.deepEqual(
              factsOf(error),
              { name, code, retryable, status, attempts: retryable ? 2 : 1 },
              `facts of ${code} by ${way}`,
            )
            check.ok(
              error.cause instanceof Error,
              `the cause of ${code} by ${way} must be the error below it`,
            )
          }
        }
      },
    },
    {
      name: 'errors without an answer: no connection, deadline, abort, truncation',
      case: 'boundary',
      async run({ check, clock, faults, pipeline }) {
        const gone = await faults([])
        await gone.close()
        const once = { retry: { maxRetries: 0 } }
        const network = await check.rejectsWithCode(
          pipeline({ server: gone, ...once }).chat(ask('Hello')),
          'NETWORK',
        )
        check.deepEqual(factsOf(network), {
          name: 'NetworkError',
          code: 'NETWORK',
          retryable: true,
          status: undefined,
          attempts: 1,
        })
        check.ok(network.cause instanceof Error, 'the cause must be the error of the connection')

        const silent = await faults([{ before: [{ stall: true }], steps: [] }])
        const late = pipeline({ server: silent, deadlineMs: 5_000 }).chat(ask('Hello'))
        const isLate = check.rejectsWithCode(late, 'TIMEOUT', 'the call past its deadline')
        await silent.received(1)
        clock.advance(5_000)
        check.deepEqual(factsOf(await isLate), {
          name: 'TimeoutError',
          code: 'TIMEOUT',
          retryable: false,
          status: undefined,
          attempts: 1,
        })

        const controller = new AbortController()
        const aborted = pipeline({ server: silent }).chat(ask('Hello'), { signal: controller.signal })
        const isAborted = check.rejectsWithCode(aborted, 'CANCELLED', 'the aborted call')
        await silent.received(2)
        const reason = new Error('The user has closed the tab.')
        controller.abort(reason)
        const cancelled = await isAborted
        check.deepEqual(factsOf(cancelled), {
          name: 'CancelledError',
          code: 'CANCELLED',
          retryable: false,
          status: undefined,
          attempts: 1,
        })
        check.equal(cancelled.cause, reason, 'the cause of an abort is its reason')

        const half = await faults(provider({ text: 'Only half', finishReason: null }))
        const truncated = await check.rejectsWithCode(
          pipeline({ server: half }).stream(ask('Hello')).result,
          'UPSTREAM_TRUNCATED',
        )
        check.deepEqual(factsOf(truncated), {
          name: 'TruncatedError',
          code: 'UPSTREAM_TRUNCATED',
          retryable: false,
          status: undefined,
          attempts: 1,
        })
      },
    },
    {
      name: 'what never reaches the provider says so: zero attempts',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'block') })
        const blocked = await check.rejectsWithCode(made.chat(ask('Say XYZZY')), 'GUARDRAIL_BLOCKED')
        const invalid = await check.rejectsWithCode(
          made.chat(ask('Hello', { temperature: Number.NaN })),
          'INVALID_REQUEST',
        )
        const aborted = await check.rejectsWithCode(
          made.chat(ask('Hello'), { signal: AbortSignal.abort() }),
          'CANCELLED',
        )
        for (const error of [blocked, invalid, aborted]) {
          check.deepEqual(
            [error.attempts, error.retryable, error.status],
            [0, false, undefined],
            `attempts, retryable and status of ${error.code}`,
          )
        }
        check.equal(server.journal.length, 0, 'requests at the provider')
      },
    },
    {
      name: 'an error answer that is no JSON, an empty one and one with fields of the wrong type keep their class',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const bodies = [
          '<html><body>Bad gateway</body></html>',
          '',
          'null',
          '[]',
          '{"error":"a text"}',
          '{"error":{"message":{"deep":1},"code":42,"type":[]}}',
          '{"message":"Outside of error"}',
        ]
        const statuses = [
          [400, 'INVALID_REQUEST'],
          [401, 'AUTHENTICATION'],
          [429, 'RATE_LIMITED'],
          [502, 'UPSTREAM'],
        ] as const
        for (const body of bodies) {
          for (const [status, code] of statuses) {
            const server = await faults([{ status, steps: [{ text: body }] }])
            const made = pipeline({ server, retry: { maxRetries: 0 } })
            const error = await check.rejectsWithCode(
              made.chat(ask('Hello')),
              code,
              `status ${status} with ${body}`,
            )
            check.deepEqual([error.status, error.attempts], [status, 1], 'status and attempts')
          }
        }
      },
    },
    {
      name: 'the chunks that had arrived stay with the reader, and its error and the result’s are one',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Some words', between: [{ reset: true }] }))
        const stream = pipeline({ server }).stream(ask('Hello'))
        let chunks = 0
        const reading = (async () => {
          for await (const _ of stream) chunks++
        })()
        const error = await check.rejectsWithCode(reading, 'NETWORK', 'iteration')
        const fromResult = await check.rejectsWithCode(stream.result, 'NETWORK', 'result')
        check.ok(chunks > 0, 'the reader must have got the chunks before the break')
        check.equal(fromResult, error, 'the error of the result')
        check.equal(error.attempts, 1, 'attempts')
      },
    },
  ],
})
