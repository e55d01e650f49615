import type { ChatChunk, ChatMessage, ChatRequest, ToolCall } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, textOf, type Lab } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { Answer, Step } from '../servers/answer.ts'
import type { Exchange } from '../servers/fault-server.ts'
import { chatBody, deltaEvent, eventStream, provider } from '../servers/provider.ts'
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

/** One message, whole or in these events, as it is asked for: for what a well-behaved server does not send. */
function either(message: object, events: Step[], finishReason = 'stop'): (request: Exchange) => Answer {
  const head = { id: 'chatcmpl-1', created: 1_795_435_200, model: 'gpt-4o' }
  const choices = [{ index: 0, message, logprobs: null, finish_reason: finishReason }]
  const whole = JSON.stringify({ ...head, object: 'chat.completion', choices, usage })
  const counted: Step = { event: { ...head, object: 'chat.completion.chunk', choices: [], usage } }
  return (request) =>
    chatBody(request).stream === true ? eventStream([...events, counted]) : { steps: [{ text: whole }] }
}

/** Asks for it in both modes; requires one answer, and that neither it nor a chunk holds the word. Resolves with the answer's message. */
async function agree(
  { check, faults, pipeline }: Lab,
  script: (request: Exchange) => Answer,
): Promise<ChatMessage | undefined> {
  const made = pipeline({ server: await faults(script), guardrails: wordPolicy('XYZZY', 'redact') })
  const whole = await made.chat(ask('Go'))
  const stream = made.stream(ask('Go'))
  const chunks = await readAll(stream)
  const streamed = await stream.result
  const [choice] = streamed.response.choices
  check.deepEqual(
    { ...choice, message: withoutNulls(choice?.message) },
    { ...whole.response.choices[0], message: withoutNulls(whole.response.choices[0]?.message) },
    'the streamed answer',
  )
  check.deepEqual(streamed.response.usage, whole.response.usage, 'usage')
  check.equal(streamed.outcome, 'success', 'outcome')
  check.lacks(JSON.stringify([chunks, whole.response, streamed.response]), 'XYZZY', 'all that came out')
  return choice?.message
}

/** What is null is not there: a stream does not say it. */
function withoutNulls(message: object | undefined): object {
  return Object.fromEntries(Object.entries(message ?? {}).filter(([, value]) => value !== null))
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
      name: 'fields that a server sends as null are as good as none',
      case: 'boundary',
      async run(lab) {
        const none = { refusal: null, tool_calls: null, function_call: null, audio: null, reasoning: null }
        const events = [
          deltaEvent({ role: 'assistant', content: '', ...none }),
          deltaEvent({ content: 'Yes.', ...none }),
          deltaEvent({ content: null, ...none }, { finishReason: 'stop' }),
        ]
        const message = await agree(lab, either({ role: 'assistant', content: 'Yes.', ...none }, events))
        lab.check.equal(message?.content, 'Yes.')
      },
    },
    {
      name: 'a choice without a delta, as Azure sends what its filter found, ends no stream and loses nothing that was held back',
      case: 'nasty',
      async run(lab) {
        const filtered = (fields: object): Step => ({
          event: {
            id: '',
            object: '',
            created: 0,
            model: '',
            choices: [{ index: 0, finish_reason: null, ...fields }],
          },
        })
        const events = [
          deltaEvent({ role: 'assistant', content: 'It is XY' }),
          filtered({}),
          deltaEvent({ content: 'ZZY, or XY' }),
          filtered({ delta: null }),
          filtered({ finish_reason: 'stop' }),
        ]
        const message = { role: 'assistant', content: 'It is XYZZY, or XY' }
        const found = await agree(lab, either(message, events))
        lab.check.match(String(found?.content), /^It is \[.*\], or XY$/, 'the text')
      },
    },
    {
      name: 'an answer in parts, reasoning beside the text, is guarded and the same both ways',
      case: 'nasty',
      async run(lab) {
        const thought = (text: string) => ({ type: 'thinking', thinking: [{ type: 'text', text }] })
        const said = (text: string) => ({ type: 'text', text })
        const events = [
          deltaEvent({ role: 'assistant', content: '' }),
          ...['They mean XY', 'ZZY, I ', 'think: XY'].map((text) => deltaEvent({ content: [thought(text)] })),
          // As Mistral does it: once the reasoning is over, the text comes as a text, or as parts.
          deltaEvent({ content: 'It is XY' }),
          deltaEvent({ content: [said('ZZY, or XY')] }),
          deltaEvent({}, { finishReason: 'stop' }),
        ]
        const content = [thought('They mean XYZZY, I think: XY'), said('It is XYZZY, or XY')]
        const message = await agree(lab, either({ role: 'assistant', content }, events))
        lab.check.match(JSON.stringify(message?.content), /I think: XY"}\]},.*, or XY"}\]$/, 'the ends')
      },
    },
    {
      name: 'reasoning in details is guarded and the same both ways, and what is encrypted or signed of it comes as it was',
      case: 'nasty',
      async run(lab) {
        const detail = (index: number, fields: object) => ({ ...fields, format: 'f', index })
        const text = (piece: string) => detail(0, { type: 'reasoning.text', text: piece })
        const summary = (piece: string) => detail(1, { type: 'reasoning.summary', summary: piece })
        const later = (piece: string) => detail(3, { type: 'reasoning.text', text: piece })
        const encrypted = detail(2, { type: 'reasoning.encrypted', data: 'XYZZ' })
        const signed = { signature: 'XYZ=' }
        const pieces = [
          [text('They mean XY')],
          [text('ZZY, or XY'), summary('On XYZ')],
          [text('Z')],
          [{ ...text(''), ...signed }],
          [summary('ZY, or X'), encrypted],
          [later('And XYZ'), later('ZY')],
        ]
        const events = [
          deltaEvent({ role: 'assistant', content: '' }),
          ...pieces.map((details) => deltaEvent({ reasoning_details: details })),
          deltaEvent({ content: 'Yes.' }),
          deltaEvent({}, { finishReason: 'stop' }),
        ]
        const details = [
          { ...text('They mean XYZZY, or XYZ'), ...signed },
          summary('On XYZZY, or X'),
          encrypted,
          later('And XYZZY'),
        ]
        const whole = { role: 'assistant', content: 'Yes.', reasoning_details: details }
        const message = await agree(lab, either(whole, events))
        const found = JSON.stringify(message?.['reasoning_details'])
        lab.check.match(found, /mean \[TEST_WORD\], or XYZ",.*"On \[TEST_WORD\], or X",/, 'the texts')
        lab.check.match(found, /"signature":"XYZ=".*"data":"XYZZ".*"And \[TEST_WORD\]"/, 'the rest')
      },
    },
    {
      name: 'the words of a sound are guarded and the same both ways, and it comes where none of them is replaced',
      case: 'nasty',
      async run(lab) {
        const speech = (words: string[]) => {
          const known = { id: 'audio_1', expires_at: 1_795_439_000 }
          const sounds = ['c291bmQx', 'c291bmQy']
          const events = [
            deltaEvent({ role: 'assistant', audio: { id: known.id } }),
            // The sound is ahead of its words.
            ...sounds.map((data) => deltaEvent({ audio: { data } })),
            ...words.map((transcript) => deltaEvent({ audio: { transcript } })),
            deltaEvent({ audio: { expires_at: known.expires_at } }),
            deltaEvent({}, { finishReason: 'stop' }),
          ]
          const audio = { ...known, data: sounds.join(''), transcript: words.join('') }
          return either({ role: 'assistant', content: null, audio }, events)
        }
        const { check } = lab
        const clean = await agree(lab, speech(['It is ', 'XY']))
        check.ok(JSON.stringify(clean?.['audio']).includes('c291bmQxc291bmQy'), 'the sound is there')
        const redacted = JSON.stringify((await agree(lab, speech(['It is XY', 'ZZY'])))?.['audio'])
        check.ok(redacted.includes('It is [TEST_WORD]'), 'the words are read')
        check.lacks(redacted, 'c291bmQ', 'the answer')
        const server = await lab.faults(speech(['It is XY', 'ZZY']))
        const made = lab.pipeline({ server, guardrails: wordPolicy('XYZZY', 'redact') })
        check.lacks(JSON.stringify(await readAll(made.stream(ask('Go')))), 'c291bmQ', 'the chunks')
      },
    },
    {
      name: 'tool calls without an index each keep what was held back of them',
      case: 'nasty',
      async run(lab) {
        const called = (id: string, text: string) => ({
          id,
          type: 'function',
          function: { name: `f_${id}`, arguments: text },
        })
        const events = [
          deltaEvent({ role: 'assistant', content: null }),
          deltaEvent({ tool_calls: [called('a', '"XYZZY or XY')] }),
          deltaEvent({ tool_calls: [{ function: { arguments: 'Z' } }] }),
          deltaEvent({ tool_calls: [called('b', '"one XYZ')] }),
          deltaEvent({}, { finishReason: 'tool_calls' }),
        ]
        const calls = [called('a', '"XYZZY or XYZ'), called('b', '"one XYZ')]
        const message = await agree(
          lab,
          either({ role: 'assistant', content: null, tool_calls: calls }, events, 'tool_calls'),
        )
        const ends = message?.tool_calls?.map((call) => call.function?.arguments.slice(-6))
        lab.check.deepEqual(ends, ['or XYZ', 'ne XYZ'], 'how the arguments end')
      },
    },
    {
      name: 'the answer so far, which a server says beside each piece, is not heard',
      case: 'nasty',
      async run(lab) {
        const pieces = ['It is XY', 'ZZY, or ', 'XY']
        const events = pieces.map((content, index): Step => {
          const message = { role: 'assistant', content: pieces.slice(0, index + 1).join('') }
          const choice = { index: 0, delta: { role: 'assistant', content }, message, logprobs: null }
          const finish_reason = index === pieces.length - 1 ? 'stop' : null
          const head = {
            id: 'chatcmpl-1',
            object: 'chat.completion.chunk',
            created: 1_795_435_200,
            model: 'gpt-4o',
          }
          return { event: { ...head, choices: [{ ...choice, finish_reason }] } }
        })
        const message = await agree(lab, either({ role: 'assistant', content: pieces.join('') }, events))
        lab.check.match(String(message?.content), /^It is \[.*\], or XY$/, 'the text')
      },
    },
    {
      name: 'calls of custom tools are guarded and the same both ways, and so is what a server signs a call with',
      case: 'nasty',
      async run(lab) {
        const signed = { extra_content: { google: { thought_signature: 'c2lnbmVk' } } }
        const shell = (input: string) => ({
          id: 'a',
          type: 'custom',
          custom: { name: 'shell', input },
          ...signed,
        })
        const events = [
          deltaEvent({ role: 'assistant', content: null }),
          deltaEvent({ tool_calls: [{ index: 0, ...shell('') }] }),
          ...['echo XY', 'ZZY; ec', 'ho XY'].map((input) =>
            deltaEvent({ tool_calls: [{ index: 0, custom: { input }, extra_content: null }] }),
          ),
          deltaEvent({}, { finishReason: 'tool_calls' }),
        ]
        const whole = { role: 'assistant', content: null, tool_calls: [shell('echo XYZZY; echo XY')] }
        const [call] = (await agree(lab, either(whole, events, 'tool_calls')))?.tool_calls ?? []
        const { custom, extra_content } = { ...call }
        lab.check.match(JSON.stringify(custom), /"shell".*"echo \[.*\]; echo XY"/, 'the call')
        lab.check.deepEqual(extra_content, signed.extra_content, 'its signature')
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
