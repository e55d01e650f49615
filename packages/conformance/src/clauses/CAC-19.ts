import type { CacheMode, ChatRequest, Pipeline } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, textOf } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import type { Exchange } from '../servers/fault-server.ts'
import { chatAnswer, errorAnswer, provider, type Reply } from '../servers/provider.ts'

const numbered = (request: Exchange): Reply => ({ text: `Answer ${request.index}` })
const hello = askCacheable('Hello')

/** The text of a whole or of a streamed answer. */
async function askFor(
  made: Pipeline,
  mode: 'whole' | 'streamed',
  cache: CacheMode,
  request: ChatRequest = hello,
): Promise<string | undefined> {
  if (mode === 'streamed') return textOf(await readAll(made.stream(request, { cache })))
  const { response } = await made.chat(request, { cache })
  const content = response.choices[0]?.message.content
  return typeof content === 'string' ? content : undefined
}

const modes = ['whole', 'streamed'] as const

export const CAC19 = defineClause({
  id: 'CAC-19',
  sentence: '`bypass` neither reads nor writes; `refresh` writes only.',
  origin: 'classic practice',
  kind: 'entrant',
  needs: ['chat', 'stream', 'response-cache'],
  scenarios: [
    {
      name: '`bypass` asks the provider, although the answer is there, and leaves that answer where it is',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        for (const mode of modes) {
          const made = pipeline({ server: await faults(provider(numbered)), responseCache: {} })
          check.equal(await askFor(made, mode, 'use'), 'Answer 0', 'the first answer')
          check.equal(await askFor(made, mode, 'bypass'), 'Answer 1', `a ${mode} bypass`)
          check.equal(await askFor(made, mode, 'use'), 'Answer 0', 'the answer after it')
          check.equal(await askFor(made, mode, 'bypass'), 'Answer 2', 'another bypass')
        }
      },
    },
    {
      name: '`bypass` leaves nothing behind in an empty cache',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        for (const mode of modes) {
          const made = pipeline({ server: await faults(provider(numbered)), responseCache: {} })
          check.equal(await askFor(made, mode, 'bypass'), 'Answer 0', `a ${mode} bypass`)
          check.equal(await askFor(made, mode, 'use'), 'Answer 1', 'the answer after it')
          check.equal(await askFor(made, mode, 'use'), 'Answer 1', 'the answer after that')
        }
      },
    },
    {
      name: '`refresh` asks the provider, and puts its answer in the place of the one that was there',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        for (const mode of modes) {
          for (const reader of modes) {
            const made = pipeline({ server: await faults(provider(numbered)), responseCache: {} })
            check.equal(await askFor(made, reader, 'use'), 'Answer 0', 'the first answer')
            check.equal(await askFor(made, mode, 'refresh'), 'Answer 1', `a ${mode} refresh`)
            check.equal(await askFor(made, reader, 'use'), 'Answer 1', `a ${reader} answer after it`)
          }
        }
      },
    },
    {
      name: '`refresh` fills an empty cache, and refreshes what it has filled it with',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const made = pipeline({ server: await faults(provider(numbered)), responseCache: {} })
        check.equal(await askFor(made, 'whole', 'refresh'), 'Answer 0', 'a refresh')
        check.equal(await askFor(made, 'streamed', 'use'), 'Answer 0', 'the answer after it')
        check.equal(await askFor(made, 'streamed', 'refresh'), 'Answer 1', 'another refresh')
        check.equal(await askFor(made, 'whole', 'use'), 'Answer 1', 'the answer after that')
      },
    },
    {
      name: 'a refresh is of one request of one tenant: others keep their answers',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider(numbered))
        const made = pipeline({ server, responseCache: {} })
        const other = askCacheable('Another question')
        await made.chat(hello, { tenant: 'a' })
        await made.chat(hello, { tenant: 'b' })
        await made.chat(other, { tenant: 'a' })
        await made.chat(hello, { tenant: 'a', cache: 'refresh' })
        await made.chat(hello, { tenant: 'b' })
        await made.chat(other, { tenant: 'a' })
        check.equal(server.journal.length, 4, 'requests at the provider')
        const { response } = await made.chat(hello, { tenant: 'a' })
        check.equal(response.choices[0]?.message.content, 'Answer 3', 'the refreshed answer')
      },
    },
    {
      name: 'a store is not touched by `bypass`, nor read by `refresh`',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const store = createSpyStore()
        const made = pipeline({ server: await faults(provider(numbered)), responseCache: { store } })
        await askFor(made, 'whole', 'use')
        // Whoever has a store of its own leaves this one alone anyway.
        const { reads, writes } = store
        for (const mode of modes) await askFor(made, mode, 'bypass')
        check.deepEqual([store.reads, store.writes], [reads, writes], 'reads and writes after a bypass')
        for (const mode of modes) await askFor(made, mode, 'refresh')
        check.equal(store.reads, reads, 'reads after a refresh')
        check.equal(await askFor(made, 'whole', 'use'), 'Answer 4', 'the refreshed answer')
      },
    },
    {
      name: 'a refresh that fails, is cut or is left leaves the answer that was there',
      case: 'nasty',
      limitMs: 5_000,
      async run({ check, faults, pipeline }) {
        const good: Reply = { text: 'Good.' }
        const server = await faults((request) => {
          if (request.index === 0) return chatAnswer(request, good)
          if (request.index < 3) return errorAnswer(500)
          if (request.index < 5) return chatAnswer(request, { text: 'Cut', finishReason: 'length' })
          return chatAnswer(request, { text: 'Left alone.', beforeFinish: [{ stall: true }] })
        })
        const made = pipeline({ server, responseCache: {}, retry: { maxRetries: 0 } })
        await askFor(made, 'whole', 'use')
        for (const mode of [...modes, ...modes]) await askFor(made, mode, 'refresh').catch(() => {})
        for await (const chunk of made.stream(hello, { cache: 'refresh' })) {
          if (textOf([chunk]) !== '') break
        }
        check.equal(server.journal.length, 6, 'requests at the provider')
        check.equal(await askFor(made, 'whole', 'use'), 'Good.', 'the whole answer')
        check.equal(await askFor(made, 'streamed', 'use'), 'Good.', 'the streamed answer')
        check.equal(server.journal.length, 6, 'requests after them')
      },
    },
    {
      name: 'while others use an answer, each bypass and each refresh has one of its own',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider(numbered))
        const made = pipeline({ server, responseCache: {} })
        await askFor(made, 'whole', 'use')
        const asked: CacheMode[] = ['use', 'bypass', 'refresh', 'use', 'bypass', 'refresh']
        const texts = await Promise.all(asked.map((cache) => askFor(made, 'whole', cache)))
        check.equal(server.journal.length, 5, 'requests at the provider')
        const own = texts.filter((_, index) => asked[index] !== 'use')
        check.equal(new Set(own).size, 4, 'distinct answers')
        check.ok(!own.includes('Answer 0'), 'none of them is the one that was there')
        const refreshed = texts.filter((_, index) => asked[index] === 'refresh')
        check.ok(
          refreshed.includes(await askFor(made, 'whole', 'use')),
          'what is there now is the answer of a refresh',
        )
      },
    },
  ],
})
