import type { ChatChunk, ChatRequest, ToolCall } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, textOf } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import { provider } from '../servers/provider.ts'
import { wordPolicy } from '../test-policy.ts'

const usage = { prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 }
const toolCalls: ToolCall[] = [
  { id: 'a', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
  { id: 'b', type: 'function', function: { name: 'time', arguments: '{}' } },
]

/** The ids and arguments that chunks carry, joined by index. */
function joinCalls(chunks: readonly ChatChunk[]): { id: string; arguments: string }[] {
  const calls: { id: string; arguments: string }[] = []
  for (const call of chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? [])) {
    const joined = (calls[call.index] ??= { id: '', arguments: '' })
    joined.id += call.id ?? ''
    joined.arguments += call.function?.arguments ?? ''
  }
  return calls
}

export const STR02 = defineClause({
  id: 'STR-02',
  sentence:
    'Stream and non-stream of the same request agree on text, tool calls, finish reason, usage, cost, verdicts and cache key. Nothing is sent before iteration or `await result`; awaiting `result` alone drains; `result` never rejects unhandled.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: [
    'chat',
    'stream',
    'stream-result',
    'metrics',
    'cost',
    'guardrail-policy',
    'response-cache',
    'byte-store',
  ],
  scenarios: [
    {
      name: 'text, finish reason, usage, cost, verdicts and cache key are the same both ways',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'The word is XYZZY, twice XYZZY.', usage }))
        const stores = [createSpyStore(), createSpyStore()] as const
        const make = (store: (typeof stores)[number]) =>
          pipeline({ server, guardrails: wordPolicy('XYZZY', 'redact'), responseCache: { store } })
        const whole = await make(stores[0]).chat(askCacheable('Which XYZZY?'))
        const stream = make(stores[1]).stream(askCacheable('Which XYZZY?'))
        const chunks = await readAll(stream)
        const streamed = await stream.result
        check.equal(textOf(chunks), whole.response.choices[0]?.message.content, 'text')
        check.deepEqual(
          streamed.response.choices[0]?.message.content,
          whole.response.choices[0]?.message.content,
        )
        check.deepEqual(streamed.response.choices[0]?.finish_reason, whole.response.choices[0]?.finish_reason)
        check.deepEqual(streamed.response.usage, whole.response.usage, 'usage')
        check.equal(streamed.metrics.costNanoUsd, whole.metrics.costNanoUsd, 'cost')
        check.equal(whole.metrics.costNanoUsd, 120 * 2500 + 30 * 10_000, 'cost at the published price')
        check.deepEqual(streamed.verdicts, whole.verdicts, 'verdicts')
        check.equal(whole.verdicts.length, 2, 'verdicts of input and output')
        check.deepEqual([...stores[1].entries.keys()], [...stores[0].entries.keys()], 'cache keys')
      },
    },
    {
      name: 'parallel tool calls are the same both ways',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ toolCalls, usage }))
        const made = pipeline({ server })
        const whole = await made.chat(ask('Weather and time?'))
        const stream = made.stream(ask('Weather and time?'))
        const chunks = await readAll(stream)
        check.deepEqual(
          (await stream.result).response.choices[0]?.message.tool_calls,
          toolCalls,
          'joined by the result',
        )
        check.deepEqual(whole.response.choices[0]?.message.tool_calls, toolCalls, 'whole')
        check.deepEqual(
          joinCalls(chunks),
          toolCalls.map(({ id, function: called }) => ({ id, arguments: called?.arguments })),
          'joined from the chunks',
        )
        check.equal((await stream.result).response.choices[0]?.finish_reason, 'tool_calls')
      },
    },
    {
      name: 'nothing is sent before somebody reads or waits, and waiting for the result alone reads it all',
      case: 'boundary',
      async run({ check, faults, pipeline, records }) {
        const server = await faults(provider({ text: 'Yes, it is.', usage }))
        const made = pipeline({ server })
        const unread = made.stream(ask('Never read'))
        const { result } = made.stream(ask('Only waited for'))
        // Long enough for a request that was sent to arrive on loopback.
        await made.chat(ask('Something else'))
        await made.chat(ask('Something else'))
        const prompts = () => server.journal.map(({ body }) => (body as ChatRequest).messages[0]?.content)
        check.deepEqual(prompts(), ['Something else', 'Something else'], 'sent before anybody waits')
        check.equal((await result).response.choices[0]?.message.content, 'Yes, it is.')
        check.equal(prompts().at(-1), 'Only waited for')
        check.equal(records.length, 3, 'records')
        check.ok(unread, 'the stream that nobody reads')
        check.equal(prompts().includes('Never read'), false, 'the stream that nobody reads is never sent')
      },
    },
    {
      name: 'a failing stream rejects its reader, and its result rejects nobody who does not wait',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Half of it', finishReason: null }))
        const made = pipeline({ server })
        const stream = made.stream(ask('Go'))
        await check.rejectsWithCode(readAll(stream), 'UPSTREAM_TRUNCATED', 'the reader')
        // The lab fails the scenario on an unhandled rejection; only now does somebody ask.
        await new Promise((resolve) => setImmediate(resolve))
        await check.rejectsWithCode(stream.result, 'UPSTREAM_TRUNCATED', 'the result')
        await check.rejectsWithCode(made.stream(ask('Go')).result, 'UPSTREAM_TRUNCATED', 'the result alone')
      },
    },
  ],
})
