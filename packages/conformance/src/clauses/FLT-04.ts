import type { Pipeline } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, type Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import type { Answer } from '../servers/answer.ts'
import { errorAnswer } from '../servers/provider.ts'

const ways: readonly [string, (made: Pipeline) => Promise<unknown>][] = [
  ['chat', (made) => made.chat(ask('Hello'))],
  ['stream', (made) => readAll(made.stream(ask('Hello')))],
  ['embed', (made) => made.embed({ model: 'text-embedding-3-small', input: 'Hello' })],
]

/** Each way of calling sends one request to a provider that answers so, and rejects. */
async function isAskedOnce(
  { check, faults, pipeline }: Lab,
  answers: readonly (readonly [string, Answer])[],
): Promise<void> {
  await Promise.all(
    answers.flatMap(([what, answer]) =>
      ways.map(async ([way, run]) => {
        // Past the first request nothing is repeated, so that nobody is waited for.
        const server = await faults(({ index }) => (index === 0 ? answer : errorAnswer(401)))
        const outcome = await run(pipeline({ server })).then(
          () => 'resolved',
          () => 'rejected',
        )
        check.equal(outcome, 'rejected', `${way} answered by ${what}`)
        check.equal(server.journal.length, 1, `requests of ${way} answered by ${what}`)
      }),
    ),
  )
}

const neverRetried = [400, 401, 403, 404, 413, 422]

export const FLT04 = defineClause({
  id: 'FLT-04',
  sentence:
    '`x-should-retry: false` always wins, `true` never overrides the never-list: `insufficient_quota`, 400, 401, 403, 404, 413, 422 (F).',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'embed', 'retry'],
  scenarios: [
    {
      name: 'x-should-retry: false ends what would be tried again',
      case: 'ordinary',
      run: (lab) =>
        isAskedOnce(
          lab,
          [408, 409, 429, 500, 503].map((status) => [
            `${status} with x-should-retry: false`,
            errorAnswer(status, {}, { 'x-should-retry': 'false' }),
          ]),
        ),
    },
    {
      name: 'what is on the never-list is asked once',
      case: 'ordinary',
      run: (lab) =>
        isAskedOnce(lab, [
          ...neverRetried.map((status) => [`${status}`, errorAnswer(status)] as const),
          [
            'insufficient_quota',
            errorAnswer(429, { code: 'insufficient_quota', type: 'insufficient_quota' }),
          ],
        ]),
    },
    {
      name: 'x-should-retry: true does not override the never-list',
      case: 'boundary',
      run: (lab) =>
        isAskedOnce(lab, [
          ...neverRetried.map(
            (status) =>
              [
                `${status} with x-should-retry: true`,
                errorAnswer(status, {}, { 'x-should-retry': 'true' }),
              ] as const,
          ),
          [
            'insufficient_quota with x-should-retry: true',
            errorAnswer(429, { code: 'insufficient_quota' }, { 'x-should-retry': 'true' }),
          ],
        ]),
    },
    {
      name: 'x-should-retry: false wins over the provider’s own Retry-After',
      case: 'boundary',
      run: (lab) =>
        isAskedOnce(lab, [
          [
            '429 with Retry-After: 0 and x-should-retry: false',
            errorAnswer(429, {}, { 'retry-after': '0', 'x-should-retry': 'false' }),
          ],
          [
            '503 with retry-after-ms: 1 and x-should-retry: false',
            errorAnswer(503, {}, { 'retry-after-ms': '1', 'x-should-retry': 'false' }),
          ],
        ]),
    },
    {
      name: 'a used-up quota is known by its type alone, and whatever its status',
      case: 'nasty',
      run: (lab) =>
        isAskedOnce(lab, [
          // Gateways leave `code` out, or null.
          ['429 of type insufficient_quota', errorAnswer(429, { type: 'insufficient_quota' })],
          ['503 with code insufficient_quota', errorAnswer(503, { code: 'insufficient_quota' })],
          [
            '429 of type insufficient_quota with Retry-After: 0',
            errorAnswer(
              429,
              { type: 'insufficient_quota' },
              { 'retry-after': '0', 'x-should-retry': 'true' },
            ),
          ],
        ]),
    },
    {
      name: 'the never-list holds for an error answer that is no JSON',
      case: 'nasty',
      run: (lab) =>
        isAskedOnce(
          lab,
          neverRetried.map((status) => [
            `${status} in HTML`,
            {
              status,
              headers: { 'content-type': 'text/html', 'x-should-retry': 'true' },
              steps: [{ text: '<html>No.</html>' }],
            },
          ]),
        ),
    },
  ],
})
