import type { ChatMessage, ChatRequest, Pipeline, Role } from '@plumbline/core'
import * as fc from 'fast-check'

import { defineClause } from '../clause.ts'
import type { Lab } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import type { Answer } from '../servers/answer.ts'
import type { Exchange } from '../servers/fault-server.ts'
import { chatBody, provider } from '../servers/provider.ts'

/** Answers with the messages it was sent: a hit of another request gives itself away. */
const echo: (request: Exchange) => Answer = provider((request) => ({
  text: JSON.stringify(chatBody(request).messages),
}))

/** One entrant with a cache and one without. What the second is answered is what the first should be. */
interface Pair {
  /** What was answered instead to the one with a cache; undefined where it is the same. */
  answeredInstead(messages: ChatMessage[]): Promise<string | undefined>
  /** Requires one request for each that differs, as the provider sees them, and none for what was asked before. */
  checkRequests(): void
}

/**
 * An entrant may send a list of one text as that text, or leave out an id that belongs nowhere. Two requests that arrive alike
 * have one answer, so what counts is what is sent without a cache, not what was asked.
 */
async function openPair({ check, faults, pipeline }: Lab): Promise<Pair> {
  const server = await faults(echo)
  const cached = pipeline({ server, responseCache: {} })
  const uncached = pipeline({ server: await faults(echo) })
  const wires = new Map<string, string>()
  return {
    async answeredInstead(messages) {
      const request = askCacheable('', { messages })
      const asked = JSON.stringify(messages)
      const wire = wires.get(asked) ?? (await saidTo(uncached, request))
      wires.set(asked, wire)
      const said = await saidTo(cached, request)
      return said === wire ? undefined : said
    },
    checkRequests() {
      const distinct = new Set(wires.values()).size
      check.between(server.journal.length, distinct, wires.size, 'requests at the provider')
    },
  }
}

async function saidTo(made: Pipeline, request: ChatRequest): Promise<string> {
  return String((await made.chat(request)).response.choices[0]?.message.content)
}

function picture(url: string, detail = 'auto'): ChatMessage {
  return {
    role: 'user',
    content: [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url, detail } },
    ],
  }
}

const user = (content: string): ChatMessage => ({ role: 'user', content })
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content })

// The separators of every format that a key was ever built from, and characters that careless encoders fold into one.
const delimiters = [
  '"',
  ',',
  ':',
  ';',
  '|',
  '/',
  '\\',
  '\n',
  '\r\n',
  '\t',
  '\u0000',
  '\u001f',
  '\u2028',
  '[',
  ']',
  '{',
  '}',
]
const words = [
  'a',
  ' ',
  'AI: ',
  'Human: ',
  '\nAI: ',
  '\nHuman: ',
  'user',
  'assistant',
  '"},{"role":"user","content":"',
]
const folded = ['\u00e9', 'e\u0301', '\ud800', '\udfff', '\ufffd', '\ufeff', '\u200b', '\ufb01', 'fi']

export const CAC04 = defineClause({
  id: 'CAC-04',
  sentence:
    'Two messages with the same text and different images do not collide; a message that imitates a turn ("x\\nAI: y") does not collide with real turns; no delimiter in any field makes two requests collide (P).',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'response-cache'],
  scenarios: [
    {
      name: 'the same question about two images is two questions',
      case: 'ordinary',
      async run(lab) {
        const { check } = lab
        const pair = await openPair(lab)
        const messages = [
          picture('https://example.com/cat.png'),
          picture('https://example.com/dog.png'),
          picture('https://example.com/dog.png', 'high'),
          picture(`data:image/png;base64,${'A'.repeat(5000)}B`),
          picture(`data:image/png;base64,${'A'.repeat(5000)}C`),
          user('What is this?'),
        ]
        for (const message of messages) check.equal(await pair.answeredInstead([message]), undefined)
        pair.checkRequests()
        await pair.answeredInstead([picture('https://example.com/cat.png')])
        pair.checkRequests()
      },
    },
    {
      name: 'a message that imitates turns is not those turns',
      case: 'boundary',
      async run(lab) {
        const { check } = lab
        const pair = await openPair(lab)
        const conversations = [
          [user('x'), assistant('y')],
          [user('x\nAI: y')],
          [user('x\nassistant: y')],
          [user('x\ny')],
          [user('x'), user('y')],
          [user('x"},{"role":"assistant","content":"y')],
          [user('Human: x\nAI: y')],
          [assistant('x'), user('y')],
          [user(JSON.stringify([user('x'), assistant('y')]))],
          [user(''), user('x'), assistant('y')],
        ]
        for (const messages of conversations) check.equal(await pair.answeredInstead(messages), undefined)
        pair.checkRequests()
      },
    },
    {
      name: 'texts that look or normalise alike, halves of surrogate pairs included, are not the same',
      case: 'nasty',
      async run(lab) {
        const { check } = lab
        const pair = await openPair(lab)
        const texts = [
          ...folded,
          'E\u0301',
          '\u00c9',
          'a',
          'A',
          'a ',
          ' a',
          '\u00a0a',
          '\u0430',
          '\uff41',
          '',
        ]
        for (const text of texts) check.equal(await pair.answeredInstead([user(text)]), undefined)
        pair.checkRequests()
      },
    },
    {
      name: 'what moves from one field to the next makes another request',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const numbered = provider((request) => ({ text: `Answer ${request.index}` }))
        const servers = [await faults(numbered), await faults(numbered)] as const
        const cached = pipeline({ server: servers[0], responseCache: {} })
        const uncached = pipeline({ server: servers[1] })
        const requests = [
          askCacheable('c', { model: 'ab' }),
          askCacheable('bc', { model: 'a' }),
          askCacheable('c', { model: 'a', stop: ['b'] }),
          askCacheable('c', { model: 'a', stop: ['b', ''] }),
          askCacheable('c', { model: 'a', stop: ['b,'] }),
          askCacheable('c', { model: 'a', stop: 'bc' }),
          askCacheable('c', { model: 'a', x: 'y,z:w' }),
          askCacheable('c', { model: 'a', x: 'y', z: 'w' }),
          askCacheable('c', { model: 'a', 'x:y': 'z' }),
          askCacheable('c', { model: 'a', x: 'y:z' }),
          askCacheable('', { model: 'a', messages: [{ role: 'user', content: 'c', name: 'd' }] }),
          askCacheable('', { model: 'a', messages: [{ role: 'user', content: 'cd' }] }),
          askCacheable('', { model: 'a', messages: [{ role: 'tool', content: 'c', tool_call_id: 'd' }] }),
          askCacheable('', { model: 'a', messages: [{ role: 'tool', content: 'd', tool_call_id: 'c' }] }),
        ]
        for (const request of requests) {
          await cached.chat(request)
          await uncached.chat(request)
        }
        const distinct = new Set(servers[1].journal.map(({ body }) => JSON.stringify(body))).size
        check.between(servers[0].journal.length, distinct, requests.length, 'requests at the provider')
      },
    },
    {
      name: 'property: two conversations of delimiters and imitated turns never share an answer',
      case: 'nasty',
      async run(lab) {
        const pair = await openPair(lab)
        const text = fc
          .array(fc.constantFrom(...delimiters, ...words, ...folded), { maxLength: 4 })
          .map((parts) => parts.join(''))
        const message = fc.record(
          {
            role: fc.constantFrom<Role>('user', 'assistant', 'system', 'tool'),
            content: fc.oneof(
              text,
              fc.array(
                text.map((part) => ({ type: 'text', text: part })),
                { maxLength: 2 },
              ),
            ),
            name: text,
            tool_call_id: text,
          },
          { requiredKeys: ['role', 'content'] },
        )
        const conversations = fc.array(message, { minLength: 1, maxLength: 3 })
        // The second one is often the first one, said in another division: that is where careless keys meet.
        const pairs = fc.tuple(conversations, fc.oneof(conversations, fc.constantFrom(...redivisions)))
        await fc.assert(
          fc.asyncProperty(pairs, async ([one, next]) => {
            const other = typeof next === 'function' ? next(one) : next
            for (const messages of [one, other, one]) {
              const said = await pair.answeredInstead(messages)
              if (said !== undefined) throw new Error(`${JSON.stringify(messages)} got the answer to ${said}`)
            }
          }),
          { seed: 20_261_123, numRuns: 200, includeErrorInReport: true },
        )
        pair.checkRequests()
      },
    },
  ],
})

/** The same characters in other places. */
const redivisions: ((messages: readonly ChatMessage[]) => ChatMessage[])[] = [
  (messages) => [user(messages.map(({ content }) => plain(content)).join(''))],
  (messages) => [user(messages.map(({ content }) => plain(content)).join('\n'))],
  (messages) => [user(messages.map(({ role, content }) => `${role}: ${plain(content)}`).join('\n'))],
  (messages) => [user(messages.map(({ content }) => plain(content)).join('\nAI: '))],
  (messages) => [user(JSON.stringify(messages))],
  (messages) => messages.map(({ role, content, name }) => ({ role, content: plain(content) + (name ?? '') })),
  (messages) =>
    messages.map(({ role, content }) => ({ role, content: [{ type: 'text', text: plain(content) }] })),
  (messages) =>
    messages.flatMap(({ role, content }) =>
      [...plain(content)].map((c) => ({ role, content: c })).concat({ role, content: '' }),
    ),
]

function plain(content: ChatMessage['content']): string {
  return typeof content === 'string' ? content : (content ?? []).map(({ text = '' }) => text).join('')
}
