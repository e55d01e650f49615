import type { ChatChunk, ChatResponse, ChatStream } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { readAll, textOf } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import { provider } from '../servers/provider.ts'

const text = 'All is well here.'
const usage = { prompt_tokens: 100, completion_tokens: 50, prompt_tokens_details: { cached_tokens: 40 } }
const question = askCacheable('How are you?')
const streamed = { ...question, stream_options: { include_usage: true } }

/** Changes every value in a tree in place, as the most careless caller does: nothing of it is as it was. */
function vandalise(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const fields = value as Record<string, unknown> // An array is changed by its indexes alike.
  for (const [field, item] of Object.entries(fields)) {
    if (typeof item === 'object' && item !== null) vandalise(item)
    else if (typeof item === 'number' && field !== 'index') fields[field] = 666
    else if (typeof item === 'string') fields[field] = 'VANDALISED'
  }
  if (!Array.isArray(value)) fields.vandal = true
}

/** Reads a stream and spoils each chunk once it has been copied. */
async function readAndSpoil(stream: ChatStream): Promise<ChatChunk[]> {
  const chunks: ChatChunk[] = []
  for await (const chunk of stream) {
    chunks.push(structuredClone(chunk))
    vandalise(chunk)
  }
  return chunks
}

/** What a spoiled answer shows, as text to search. */
function contentOf(response: ChatResponse): unknown[] {
  return [response.model, response.choices[0]?.message.content, response.usage?.prompt_tokens]
}

const intact = ['gpt-4o', text, 100]

export const CAC11 = defineClause({
  id: 'CAC-11',
  sentence:
    'A caller that mutates a hit does not change what the next caller gets, nor what the first one has.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'stream-result', 'response-cache'],
  scenarios: [
    {
      name: 'a hit that is spoiled leaves the first answer and the next hit as they were',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text, usage }))
        const made = pipeline({ server, responseCache: {} })
        const first = (await made.chat(question)).response
        const before = structuredClone(first)
        vandalise((await made.chat(question)).response)
        check.deepEqual(first, before, 'the first answer')
        check.deepEqual((await made.chat(question)).response, before, 'the next hit')
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'a first answer that is spoiled by its own caller is stored as it came',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text, usage }))
        const made = pipeline({ server, responseCache: {} })
        const first = (await made.chat(question)).response
        const before = structuredClone(first)
        vandalise(first)
        check.deepEqual((await made.chat(question)).response, before, 'the hit')
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'a request that is spoiled after the call does not move the answer to another request',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text, usage, beforeFirst: [{ gate: 'go' }] }))
        const made = pipeline({ server, responseCache: {} })
        const mine = structuredClone(question)
        const call = made.chat(mine)
        await server.reached('go')
        vandalise(mine)
        server.release('go')
        await call
        check.deepEqual(contentOf((await made.chat(question)).response), intact, 'the hit')
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'the chunks of a streamed hit can be spoiled without harm to its result or the next hit',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text, usage }))
        const made = pipeline({ server, responseCache: {} })
        await made.chat(question)
        const hit = made.stream(streamed)
        check.equal(textOf(await readAndSpoil(hit)), text, 'the text of the streamed hit')
        const { response } = await hit.result
        check.deepEqual(contentOf(response), intact, 'its result')
        vandalise(response)
        check.equal(textOf(await readAll(made.stream(streamed))), text, 'the next streamed hit')
        check.deepEqual(contentOf((await made.chat(question)).response), intact, 'the next whole hit')
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'callers that share a call in flight do not share its answer',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text, usage, beforeFirst: [{ gate: 'go' }] }))
        const made = pipeline({ server, responseCache: {} })
        const calls = [1, 2, 3].map(() => made.chat(question))
        await server.reached('go')
        server.release('go')
        const answers = (await Promise.all(calls)).map(({ response }) => response)
        const before = structuredClone(answers)
        for (const spoiled of [0, 1, 2]) {
          vandalise(answers[spoiled])
          for (let other = spoiled + 1; other < 3; other++) {
            check.deepEqual(
              answers[other],
              before[other],
              `answer ${other} after answer ${spoiled} was spoiled`,
            )
          }
        }
        check.deepEqual(contentOf((await made.chat(question)).response), intact, 'the hit after them')
      },
    },
    {
      name: 'leader and followers of one stream can spoil their chunks without harm to one another or the store',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text, usage, between: [{ gate: 'go' }] }))
        const made = pipeline({ server, responseCache: {} })
        const streams = [made.stream(streamed), made.stream(streamed), made.stream(streamed)]
        const reading = streams.map((stream) => readAndSpoil(stream))
        await server.reached('go')
        const late = made.stream(streamed)
        const readingLate = readAll(late)
        await new Promise((resolve) => setTimeout(resolve, 5))
        server.release('go')
        for (const [index, chunks] of (await Promise.all([...reading, readingLate])).entries()) {
          check.equal(textOf(chunks), text, `the text of stream ${index}`)
          check.equal(chunks.at(-1)?.usage?.prompt_tokens, 100, `the usage of stream ${index}`)
          check.ok(
            chunks.every((chunk) => !('vandal' in chunk)),
            `no chunk of stream ${index} came spoiled`,
          )
        }
        for (const stream of [...streams, late]) {
          check.deepEqual(contentOf((await stream.result).response), intact, 'a result')
        }
        check.deepEqual(contentOf((await made.chat(question)).response), intact, 'the hit after them')
      },
    },
    {
      name: 'a refreshing stream whose chunks are spoiled is stored as it came',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text, usage }))
        const made = pipeline({ server, responseCache: {} })
        await readAndSpoil(made.stream(streamed, { cache: 'refresh' }))
        const { response } = await made.chat(question)
        check.equal(server.journal.length, 1, 'requests at the provider')
        check.deepEqual(contentOf(response), intact, 'the hit')
        check.ok(!JSON.stringify(response).includes('VANDALISED'), 'nothing of the hit is spoiled')
      },
    },
  ],
})
