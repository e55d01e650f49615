import { defineClause } from '../clause.ts'
import { createSpyStore, readAll } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import { chatAnswer, chatBody, errorAnswer } from '../servers/provider.ts'

const fallbackModels = ['gpt-4o-mini']
const usage = { prompt_tokens: 1_000, completion_tokens: 100 }

/** gpt-4o fails with this status, every other model answers. */
function firstModelFails(status: number) {
  return (request: Parameters<typeof chatAnswer>[0]) =>
    chatBody(request).model === 'gpt-4o' ? errorAnswer(status) : chatAnswer(request, { text: 'Yes.', usage })
}

export const FLT11 = defineClause({
  id: 'FLT-11',
  sentence:
    'A fallback model, where configured, is tried after the first is exhausted, and the record says so.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'stream', 'stream-result', 'metrics', 'cost', 'retry', 'fallback'],
  scenarios: [
    {
      name: 'when the first model has used up its attempts the second answers, is priced, and is named',
      case: 'ordinary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(firstModelFails(500))
        const made = pipeline({ server, fallbackModels })
        for (const call of [() => made.chat(ask('Hello')), () => made.stream(ask('Hello')).result]) {
          const before = server.journal.length
          const { response } = await call()
          const asked = server.journal.slice(before).map((exchange) => chatBody(exchange).model)
          check.deepEqual(asked, ['gpt-4o', 'gpt-4o', 'gpt-4o', 'gpt-4o-mini'], 'models asked')
          check.equal(response.choices[0]?.message.content, 'Yes.', 'the answer')
          const record = records.at(-1)
          check.deepEqual([record?.model, record?.fallbackModel], ['gpt-4o', 'gpt-4o-mini'], 'models')
          check.deepEqual([record?.success, record?.attempts], [true, 4], 'success and attempts')
          // gpt-4o-mini: 0.15 and 0.60 USD per million (openai.com/api/pricing, read 2026-11-23).
          check.equal(record?.costNanoUsd, 1_000 * 150 + 100 * 600, 'cost')
        }
      },
    },
    {
      name: 'a model that answers has no fallback, nor has an error that is the caller’s own',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const healthy = await faults((request) => chatAnswer(request, { text: 'Yes.' }))
        await pipeline({ server: healthy, fallbackModels }).chat(ask('Hello'))
        check.equal(records.at(-1)?.fallbackModel, undefined, 'fallback of a call that was answered')
        const refusing = await faults(firstModelFails(400))
        const made = pipeline({ server: refusing, fallbackModels })
        await check.rejectsWithCode(made.chat(ask('Hello')), 'INVALID_REQUEST')
        check.equal(refusing.journal.length, 1, 'requests at the provider')
        check.equal(records.at(-1)?.fallbackModel, undefined, 'fallback of a call that was refused')
      },
    },
    {
      name: 'when all fail the caller gets the last error and every attempt is counted',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults((request) =>
          errorAnswer(chatBody(request).model === 'gpt-4o' ? 500 : 503),
        )
        const made = pipeline({ server, fallbackModels: ['gpt-4o-mini', 'gpt-4.1-mini'] })
        const error = await check.rejectsWithCode(made.chat(ask('Hello')), 'UPSTREAM')
        check.deepEqual([error.status, error.attempts], [503, 9], 'status and attempts')
        check.equal(server.journal.length, 9, 'requests at the provider')
        check.equal(records.at(-1)?.fallbackModel, 'gpt-4.1-mini', 'the model that was asked last')
      },
    },
    {
      name: 'a stream that breaks after its first words is not begun again by another model',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults((request) =>
          chatAnswer(request, { text: 'Some words', finishReason: null }),
        )
        const made = pipeline({ server, fallbackModels })
        await check.rejectsWithCode(readAll(made.stream(ask('Hello'))), 'UPSTREAM_TRUNCATED')
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'an answer of a fallback is not kept as the first model’s, and an abort ends the row',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(firstModelFails(500))
        const store = createSpyStore()
        const made = pipeline({ server, fallbackModels, responseCache: { store }, retry: { maxRetries: 0 } })
        await made.chat(askCacheable('Hello'))
        await readAll(made.stream(askCacheable('Hello')))
        check.equal(server.journal.length, 4, 'requests at the provider')
        check.equal(store.writes, 0, 'answers kept')
        const left = new AbortController()
        const silent = await faults(() => ({ before: [{ stall: true }], steps: [] }))
        const call = pipeline({ server: silent, fallbackModels }).chat(ask('Hello'), { signal: left.signal })
        await silent.received(1)
        left.abort()
        await check.rejectsWithCode(call, 'CANCELLED')
        check.equal(silent.journal.length, 1, 'requests at the provider, after an abort')
      },
    },
  ],
})
