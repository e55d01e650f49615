import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

export const MET02 = defineClause({
  id: 'MET-02',
  sentence: "Token counts are the provider's own, with cached-input and reasoning tokens kept apart.",
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics'],
  scenarios: [
    {
      name: 'the counts are those of the response',
      case: 'ordinary',
      async run({ check, ordinary, pipeline }) {
        const server = await ordinary({ usage: { prompt_tokens: 123, completion_tokens: 45 } })
        const { metrics } = await pipeline({ server }).chat(ask('Hello'))
        check.deepEqual(counts(metrics), [123, 0, 45, 0])
        check.equal(metrics.usageEstimated, false, 'usageEstimated')
      },
    },
    {
      name: 'cached input and reasoning are kept apart, whole and streamed',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Thought through.', usage: detailed }))
        const made = pipeline({ server })
        check.deepEqual(counts((await made.chat(ask('Think'))).metrics), [2000, 1920, 900, 640], 'whole')
        const stream = made.stream(ask('Think'))
        await readAll(stream)
        check.deepEqual(counts((await stream.result).metrics), [2000, 1920, 900, 640], 'streamed')
      },
    },
    {
      name: 'counts that no tokenizer would give are believed, and null details are none',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider({
            text: 'Ok.',
            usage: {
              prompt_tokens: 7,
              completion_tokens: 31_337,
              prompt_tokens_details: null,
              completion_tokens_details: null,
            },
          }),
        )
        const made = pipeline({ server })
        const longPrompt = ask('A prompt of many words. '.repeat(200))
        check.deepEqual(counts((await made.chat(longPrompt)).metrics), [7, 0, 31_337, 0], 'whole')
        const stream = made.stream(longPrompt)
        check.deepEqual(counts((await stream.result).metrics), [7, 0, 31_337, 0], 'streamed')
      },
    },
    {
      name: 'a server that sends its usage on every chunk, growing, is counted once',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const chunk = (delta: object, finish: string | null, completion: number): object => ({
          id: 'chatcmpl-1',
          object: 'chat.completion.chunk',
          created: 1_795_435_200,
          model: 'gpt-4o',
          choices: [{ index: 0, delta, finish_reason: finish }],
          usage: { prompt_tokens: 20, completion_tokens: completion, total_tokens: 20 + completion },
        })
        const server = await faults([
          {
            headers: { 'content-type': 'text/event-stream' },
            steps: [
              { event: chunk({ role: 'assistant', content: 'One ' }, null, 1) },
              { event: chunk({ content: 'two' }, null, 2) },
              { event: chunk({}, 'stop', 3) },
              { text: 'data: [DONE]\n\n' },
            ],
          },
        ])
        const { metrics } = await pipeline({ server }).stream(ask('Count')).result
        check.deepEqual(counts(metrics), [20, 0, 3, 0])
      },
    },
  ],
})

const detailed = {
  prompt_tokens: 2000,
  completion_tokens: 900,
  prompt_tokens_details: { cached_tokens: 1920 },
  completion_tokens_details: { reasoning_tokens: 640 },
}

function counts(metrics: {
  inputTokens: number
  cachedInputTokens: number
  outputTokens: number
  reasoningTokens: number
}): number[] {
  return [metrics.inputTokens, metrics.cachedInputTokens, metrics.outputTokens, metrics.reasoningTokens]
}
