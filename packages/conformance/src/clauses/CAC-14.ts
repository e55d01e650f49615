import type { ChatChunk, ChatRequest, ChatResponse, Pipeline, ToolCall, Usage } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import type { Checks } from '../checks.ts'
import { readAll } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import type { Answer, Step } from '../servers/answer.ts'
import type { Exchange } from '../servers/fault-server.ts'
import { chatBody, eventStream, provider, type Reply } from '../servers/provider.ts'

const usage = {
  prompt_tokens: 100,
  completion_tokens: 20,
  prompt_tokens_details: { cached_tokens: 40 },
  completion_tokens_details: { reasoning_tokens: 7 },
}
const total = { ...usage, total_tokens: 120 }
const withUsage = { stream_options: { include_usage: true } }

/** What both modes must agree on. Ids and null fields may differ. */
interface Substance {
  model: string
  choices: { text: string; toolCalls: unknown[]; finishReason: string | null | undefined }[]
  usage: Usage | null | undefined
}

function ofResponse({ model, choices, usage: counted }: ChatResponse): Substance {
  return {
    model,
    choices: choices.map(({ message, finish_reason }) => ({
      text: typeof message.content === 'string' ? message.content : '',
      toolCalls: (message.tool_calls ?? []).map(({ id, type, function: called }) => ({
        id,
        type,
        ...called,
      })),
      finishReason: finish_reason,
    })),
    usage: counted,
  }
}

/** Joined by hand: the oracle is not the build's own assembler. */
function ofChunks(chunks: readonly ChatChunk[]): Substance {
  const choices: Substance['choices'] = []
  const calls: Record<string, string>[][] = []
  for (const { index, delta, finish_reason } of chunks.flatMap((chunk) => chunk.choices)) {
    const choice = (choices[index] ??= {
      text: '',
      toolCalls: (calls[index] ??= []),
      finishReason: undefined,
    })
    choice.text += delta.content ?? ''
    if (finish_reason) choice.finishReason = finish_reason
    for (const piece of delta.tool_calls ?? []) {
      const call = ((calls[index] ??= [])[piece.index] ??= { id: '', type: '', name: '', arguments: '' })
      call.id += piece.id ?? ''
      call.type += piece.type ?? ''
      call.name += piece.function?.name ?? ''
      call.arguments += piece.function?.arguments ?? ''
    }
  }
  return { model: chunks[0]?.model ?? '', choices, usage: chunks.findLast((chunk) => chunk.usage)?.usage }
}

/** The form of a stream, whatever it says: its objects, its one end per choice, its usage where it was asked for. */
function checkForm(check: Checks, chunks: readonly ChatChunk[], usageWanted: boolean): void {
  check.ok(
    chunks.every(({ object }) => object === 'chat.completion.chunk'),
    'every chunk is one by name',
  )
  check.ok(
    chunks.every(({ choices }) => choices.every((choice) => !('message' in choice))),
    'no whole messages',
  )
  const indexes = new Set(chunks.flatMap(({ choices }) => choices.map(({ index }) => index)))
  for (const index of indexes) {
    const own = chunks.flatMap(({ choices }) => choices.filter((choice) => choice.index === index))
    const ends = own.filter(({ finish_reason }) => finish_reason)
    check.equal(ends.length, 1, `finish reasons of choice ${index}`)
    check.equal(own.at(-1), ends[0], `the end marker of choice ${index} is its last chunk`)
    check.equal(own[0]?.delta.role, 'assistant', `the role of choice ${index} comes first`)
  }
  const counted = chunks.filter((chunk) => chunk.usage)
  if (usageWanted) {
    check.equal(counted.length, 1, 'chunks with usage')
    check.deepEqual(chunks.at(-1)?.choices, [], 'the last chunk is the one with usage')
  } else {
    check.ok(
      chunks.every((chunk) => !('usage' in chunk)),
      'no chunk has a usage field',
    )
    check.ok(
      chunks.every(({ choices }) => choices.length > 0),
      'no chunk is empty',
    )
  }
}

/** Streams the request both ways, with and without usage, and holds each to the substance of the first answer. */
async function checkStreams(
  check: Checks,
  made: Pipeline,
  request: ChatRequest,
  expected: Substance,
): Promise<void> {
  const { stream_options: _, ...plain } = request
  for (const usageWanted of [true, false]) {
    const stream = made.stream(usageWanted ? { ...plain, ...withUsage } : plain)
    const chunks = await readAll(stream)
    checkForm(check, chunks, usageWanted)
    const said = ofChunks(chunks)
    check.deepEqual(
      said,
      { ...expected, usage: usageWanted ? expected.usage : undefined },
      'the streamed answer',
    )
    const { response } = await stream.result
    check.deepEqual(ofResponse(response), expected, 'the result of the stream')
    check.equal(response.object, 'chat.completion', 'the object of the result')
  }
}

const toolCalls: ToolCall[] = [
  { id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":"Zürich"}' } },
  { id: 'call_b', type: 'function', function: { name: 'time', arguments: '{}' } },
]

const numbered =
  (reply: Reply) =>
  (request: Exchange): Reply => ({ ...reply, id: `chatcmpl-${request.index}`, usage })

const probability = (token: string) => ({ token, logprob: -0.5, bytes: null, top_logprobs: [] })
const source = (url: string) => ({ type: 'url_citation', url_citation: { url, title: url } })

/** An answer with much beside its text, whole or in events: of a search, with probabilities. The last chunk has no probabilities, and alone the results. */
function richAnswer(request: Exchange): Answer {
  const head = { id: 'chatcmpl-1', created: 1_795_435_200, model: 'gpt-4o' }
  const last = { search_results: [{ title: 'Tea', url: 'https://a.example' }] }
  const probabilities = (...tokens: string[]) => ({ content: tokens.map(probability), refusal: null })
  if (chatBody(request).stream !== true) {
    const annotations = [source('https://a.example'), source('https://b.example')]
    const message = { role: 'assistant', content: 'It is.', annotations }
    const choice = { index: 0, message, logprobs: probabilities('It', ' is.'), finish_reason: 'stop' }
    const body = { ...head, ...last, object: 'chat.completion', choices: [choice], usage: total }
    return { steps: [{ text: JSON.stringify(body) }] }
  }
  const chunk = (delta: object, fields: object, envelope: object = {}): Step => ({
    event: {
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: null, ...fields }],
      ...envelope,
    },
  })
  return eventStream([
    chunk({ role: 'assistant', content: '' }, { logprobs: null }),
    chunk({ content: 'It' }, { logprobs: probabilities('It') }),
    chunk({ content: ' is.' }, { logprobs: probabilities(' is.') }),
    chunk({ annotations: [source('https://a.example')] }, {}),
    chunk({ annotations: [source('https://b.example')] }, {}),
    chunk({}, { logprobs: null, finish_reason: 'stop' }, last),
    { event: { ...head, object: 'chat.completion.chunk', choices: [], usage: total } },
  ])
}

export const CAC14 = defineClause({
  id: 'CAC-14',
  sentence:
    'A streamed request is served from the cache as a stream (same text, tool calls, finish reason, usage, end marker), and a stored stream serves a non-streamed request with the same; ids and null fields may differ by mode.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'stream-result', 'response-cache'],
  scenarios: [
    {
      name: 'a whole answer is served as a stream, with usage for the one who asked for it',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider(numbered({ text: 'All is well here.' })))
        const made = pipeline({ server, responseCache: {} })
        const question = askCacheable('How are you?')
        const first = ofResponse((await made.chat(question)).response)
        check.equal(first.choices[0]?.text, 'All is well here.', 'the first answer')
        check.deepEqual(first.usage, total, 'its usage')
        await checkStreams(check, made, question, first)
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'a stored stream serves a whole request, whether or not its caller asked for usage',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider(numbered({ text: 'All is well here.' })))
        const made = pipeline({ server, responseCache: {} })
        for (const [index, options] of [withUsage, {}].entries()) {
          const question = askCacheable(`Question ${index}`)
          const chunks = await readAll(made.stream({ ...question, ...options }))
          checkForm(check, chunks, index === 0)
          const { response } = await made.chat(question)
          check.deepEqual(ofResponse(response), { ...ofChunks(chunks), usage: total }, 'the whole answer')
          check.equal(response.object, 'chat.completion', 'its object')
          check.equal(response.choices[0]?.message.role, 'assistant', 'its role')
          await checkStreams(check, made, question, ofResponse(response))
          check.equal(server.journal.length, index + 1, 'requests at the provider')
        }
      },
    },
    {
      name: 'two answers to one request keep their places, in both directions',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const choices = [{ text: 'The first of two.' }, { text: 'The second of two, which is longer.' }]
        const server = await faults(provider(numbered({ choices })))
        const made = pipeline({ server, responseCache: {} })
        const one = askCacheable('One', { n: 2 })
        const first = ofResponse((await made.chat(one)).response)
        const texts = choices.map(({ text }) => text)
        check.deepEqual(
          first.choices.map(({ text }) => text),
          texts,
          'the whole answers',
        )
        await checkStreams(check, made, one, first)

        const two = askCacheable('Two', { n: 2 })
        const streamed = ofChunks(await readAll(made.stream({ ...two, ...withUsage })))
        check.deepEqual(
          streamed.choices.map(({ text }) => text),
          texts,
          'the streamed answers',
        )
        check.deepEqual(
          ofResponse((await made.chat(two)).response),
          streamed,
          'the whole answers of the stored stream',
        )
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
    {
      name: 'a server that counts nothing makes neither a usage chunk nor a usage of null',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.', usage: false }))
        const made = pipeline({ server, responseCache: {} })
        const question = askCacheable('Well?')
        await made.chat(question)
        const chunks = await readAll(made.stream({ ...question, ...withUsage }))
        checkForm(check, chunks, false)
        check.equal(ofChunks(chunks).choices[0]?.text, 'Yes.', 'the text')
        await readAll(made.stream(askCacheable('And?')))
        const { response } = await made.chat(askCacheable('And?'))
        check.equal(response.usage ?? undefined, undefined, 'the usage of the stored stream')
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
    {
      name: 'text cut inside a character, control characters and 200,000 characters survive both directions',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const pieces = [
          'a\ud83d',
          '\ude00b',
          '\r\n\u2028data: [DONE]\n\n',
          '',
          'e',
          '\u0301',
          'x'.repeat(200_000),
        ]
        const server = await faults(provider(numbered({ text: pieces.join(''), pieces })))
        const made = pipeline({ server, responseCache: {} })
        const first = ofResponse((await made.chat(askCacheable('One'))).response)
        check.equal(first.choices[0]?.text, pieces.join(''), 'the whole text')
        await checkStreams(check, made, askCacheable('One'), first)
        await readAll(made.stream(askCacheable('Two')))
        check.deepEqual(
          ofResponse((await made.chat(askCacheable('Two'))).response),
          first,
          'the stored stream',
        )
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
    {
      name: 'probabilities, sources and the fields of the last chunk alone are the same both ways',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(richAnswer)
        const made = pipeline({ server, responseCache: {} })
        const beside = ({ choices, search_results }: ChatResponse) => ({
          logprobs: choices[0]?.['logprobs'],
          annotations: choices[0]?.message['annotations'],
          search_results,
        })
        const expected = beside((await made.chat(askCacheable('One'))).response)
        check.match(JSON.stringify(expected), /" is\.".*b\.example.*"Tea"/, 'what is beside the text')
        const replayed = made.stream(askCacheable('One'))
        const chunks = JSON.stringify(await readAll(replayed))
        check.match(chunks, /" is\."/, 'the probabilities in the chunks of a hit')
        check.deepEqual(beside((await replayed.result).response), expected, 'the result of a hit')

        const streamed = made.stream(askCacheable('Two'))
        await readAll(streamed)
        check.deepEqual(beside((await streamed.result).response), expected, 'the result of a stream')
        check.deepEqual(
          beside((await made.chat(askCacheable('Two'))).response),
          expected,
          'the stored stream',
        )
        check.equal(server.journal.length, 2, 'requests at the provider')
      },
    },
    {
      name: 'tool calls are asked for again, whole and streamed alike, and are the same both ways',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider(numbered({ toolCalls })))
        const made = pipeline({ server, responseCache: { policy: 'always' } })
        const question = askCacheable('What is it like there?')
        const whole = ofResponse((await made.chat(question)).response)
        check.deepEqual(
          whole.choices[0]?.toolCalls,
          toolCalls.map(({ id, type, function: called }) => ({ id, type, ...called })),
          'the tool calls',
        )
        check.equal(whole.choices[0]?.finishReason, 'tool_calls', 'the finish reason')
        await checkStreams(check, made, question, whole)
        await made.chat(question)
        check.equal(server.journal.length, 4, 'requests at the provider')
      },
    },
    {
      name: 'tool calls of a call in flight reach the one who joined in the other mode, in that mode',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider((request) => ({ toolCalls, usage, beforeFirst: [{ gate: `${request.index}` }] })),
        )
        const made = pipeline({ server, responseCache: { policy: 'always' } })
        // The second caller may share the request of the first or make its own: the answers are the same.
        const first = made.chat(askCacheable('One'))
        await server.received(1)
        const follower = made.stream({ ...askCacheable('One'), ...withUsage })
        const following = readAll(follower)
        await new Promise((resolve) => setTimeout(resolve, 20))
        for (let gate = 0; gate < 4; gate++) server.release(`${gate}`)
        const whole = ofResponse((await first).response)
        const chunks = await following
        checkForm(check, chunks, true)
        check.equal(whole.choices[0]?.toolCalls.length, 2, 'tool calls of the whole answer')
        check.deepEqual(ofChunks(chunks), whole, 'the stream that followed a whole call')

        const slow = await faults(provider({ toolCalls, usage, between: [{ gate: 'go' }] }))
        const other = pipeline({ server: slow, responseCache: { policy: 'always' } })
        const leading = readAll(other.stream({ ...askCacheable('Two'), ...withUsage }))
        await slow.reached('go')
        const joined = other.chat(askCacheable('Two'))
        await new Promise((resolve) => setTimeout(resolve, 20))
        slow.release('go')
        const led = ofChunks(await leading)
        check.deepEqual(led, whole, 'the leading stream')
        check.deepEqual(ofResponse((await joined).response), led, 'the whole call that followed a stream')
      },
    },
  ],
})
