import type { ChatChunk } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, textOf } from '../lab.ts'
import { ask } from '../requests.ts'
import { chatBody, provider } from '../servers/provider.ts'

const usage = { prompt_tokens: 321, completion_tokens: 21 }

export const MET03 = defineClause({
  id: 'MET-03',
  sentence:
    "A streamed call records the provider's usage even when the caller did not ask for a usage chunk, and the caller then sees none (no usage chunk, no `usage: null`).",
  origin: 'found defect',
  kind: 'entrant',
  needs: ['stream', 'stream-result', 'metrics'],
  scenarios: [
    {
      name: 'a caller who did not ask sees no usage, and the record has it',
      case: 'ordinary',
      async run({ check, ordinary, pipeline }) {
        const server = await ordinary({ text: 'Hello there.', usage })
        const stream = pipeline({ server }).stream(ask('Hello'))
        const chunks = await readAll(stream)
        const { metrics } = await stream.result
        check.deepEqual([metrics.inputTokens, metrics.outputTokens, metrics.usageEstimated], [321, 21, false])
        check.equal(textOf(chunks), 'Hello there.')
        check.deepEqual(chunks.filter(showsUsage), [], 'chunks that show usage')
        check.deepEqual(
          server.journal[0]?.body['stream_options'],
          { include_usage: true },
          'what the provider was asked',
        )
      },
    },
    {
      name: 'a caller who asked for it gets the usage chunk, once',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Hello.', usage }))
        const stream = pipeline({ server }).stream(ask('Hello', { stream_options: { include_usage: true } }))
        const withUsage = (await readAll(stream)).filter((chunk) => chunk.usage)
        check.equal(withUsage.length, 1, 'usage chunks')
        check.equal(withUsage[0]?.usage?.prompt_tokens, 321)
        check.deepEqual(withUsage[0]?.choices, [])
      },
    },
    {
      name: 'a caller who said no, with another stream option, keeps that option and sees no null',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Hello.', usage }))
        const options = { include_usage: false, include_obfuscation: false }
        const stream = pipeline({ server }).stream(ask('Hello', { stream_options: options }))
        // The server puts `usage: null` on every chunk, as OpenAI does once usage is asked for.
        check.deepEqual((await readAll(stream)).filter(showsUsage), [], 'chunks that show usage')
        check.equal((await stream.result).metrics.inputTokens, 321)
        const [request] = server.journal
        check.deepEqual(request && chatBody(request).stream_options, {
          include_usage: true,
          include_obfuscation: false,
        })
      },
    },
    {
      name: 'usage on the chunk of the finish reason is recorded and taken off, and the finish reason stays',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const chunk = (delta: object, more: object = {}, finish: string | null = null): object => ({
          id: 'chatcmpl-1',
          object: 'chat.completion.chunk',
          created: 1_795_435_200,
          model: 'gpt-4o',
          choices: [{ index: 0, delta, finish_reason: finish }],
          ...more,
        })
        const server = await faults([
          {
            headers: { 'content-type': 'text/event-stream' },
            steps: [
              { event: chunk({ role: 'assistant', content: 'Hello.' }, { usage: null }) },
              { event: chunk({}, { usage: { ...usage, total_tokens: 342 } }, 'stop') },
              { text: 'data: [DONE]\n\n' },
            ],
          },
        ])
        const stream = pipeline({ server }).stream(ask('Hello'))
        const chunks = await readAll(stream)
        check.deepEqual(chunks.filter(showsUsage), [], 'chunks that show usage')
        check.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'stop', 'finish reason')
        check.equal((await stream.result).metrics.inputTokens, 321)
      },
    },
  ],
})

/** Any sign of usage, the key with null included, and the empty chunk that carried it. */
function showsUsage(chunk: ChatChunk): boolean {
  return 'usage' in chunk || chunk.choices.length === 0
}
