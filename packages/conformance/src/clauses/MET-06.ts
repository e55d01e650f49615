import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { ask } from '../requests.ts'
import { errorAnswer, provider } from '../servers/provider.ts'

export const MET06 = defineClause({
  id: 'MET-06',
  sentence: 'A failed call is recorded: success false, error class and code, tokens as far as known.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics', 'retry'],
  scenarios: [
    {
      name: 'a provider that fails three times leaves a record that says so',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults([errorAnswer(500)])
        const made = pipeline({ server })
        await check.rejectsWithCode(made.chat(ask('Hello')), 'UPSTREAM')
        check.equal(records.length, 1, 'records')
        const [record] = records
        check.equal(record?.success, false, 'success')
        check.equal(record?.outcome, 'error', 'outcome')
        check.deepEqual(record?.error, { name: 'UpstreamError', code: 'UPSTREAM' }, 'error')
        check.equal(record?.attempts, 3, 'attempts')
        check.deepEqual([record?.inputTokens, record?.outputTokens], [0, 0], 'tokens')
        check.equal(made.metrics.summary().failed, 1, 'failed calls in the summary')
      },
    },
    {
      name: 'each class of failure has its own code in the record',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const expected = [
          [errorAnswer(401, { code: 'invalid_api_key' }), 'AuthenticationError', 'AUTHENTICATION'],
          [errorAnswer(400, { type: 'invalid_request_error' }), 'InvalidRequestError', 'INVALID_REQUEST'],
          [errorAnswer(429, { code: 'insufficient_quota' }), 'QuotaExceededError', 'QUOTA_EXCEEDED'],
          [errorAnswer(429, { code: 'rate_limit_exceeded' }), 'RateLimitedError', 'RATE_LIMITED'],
        ] as const
        for (const [answer, name, code] of expected) {
          const made = pipeline({ server: await faults([answer]), retry: { maxRetries: 0 } })
          await check.rejectsWithCode(made.chat(ask('Hello')), code)
          check.deepEqual(records.at(-1)?.error, { name, code })
          check.equal(records.at(-1)?.attempts, 1, `attempts of ${code}`)
        }
        check.equal(records.length, expected.length, 'records')
      },
    },
    {
      name: 'an address where nobody listens is a network failure in the record',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults([])
        await server.close()
        await check.rejectsWithCode(pipeline({ server }).chat(ask('Hello')), 'NETWORK')
        check.equal(records.length, 1, 'records')
        check.deepEqual(records[0]?.error, { name: 'NetworkError', code: 'NETWORK' })
      },
    },
    {
      name: 'a stream that breaks after its usage was sent keeps that usage',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(
          provider({
            text: 'Some words of an answer',
            finishReason: null,
            usage: { prompt_tokens: 77, completion_tokens: 6 },
          }),
        )
        await check.rejectsWithCode(readAll(pipeline({ server }).stream(ask('Hello'))), 'UPSTREAM_TRUNCATED')
        check.equal(records.length, 1, 'records')
        const [record] = records
        check.equal(record?.success, false, 'success')
        check.deepEqual([record?.inputTokens, record?.outputTokens, record?.usageEstimated], [77, 6, false])
        check.deepEqual(record?.error, { name: 'TruncatedError', code: 'UPSTREAM_TRUNCATED' })
      },
    },
    {
      name: 'a stream that breaks without usage counts the text that arrived, as an estimate',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const text = 'forty words '.repeat(20)
        const server = await faults(provider({ text, finishReason: null, usage: false }))
        await check.rejectsWithCode(readAll(pipeline({ server }).stream(ask('Hello'))), 'UPSTREAM_TRUNCATED')
        // Any tokenizer finds between one token per eight characters and one per character here.
        check.between(records[0]?.outputTokens, text.length / 8, text.length, 'outputTokens')
        check.equal(records[0]?.usageEstimated, true, 'usageEstimated')
      },
    },
  ],
})
