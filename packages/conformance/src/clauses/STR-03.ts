import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, textOf } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import { provider } from '../servers/provider.ts'

const question = ask('Tell me.')

export const STR03 = defineClause({
  id: 'STR-03',
  sentence:
    'A stream that ends without a finish reason is an error, `UPSTREAM_TRUNCATED`, never a short success (F).',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['stream'],
  scenarios: [
    {
      name: 'a stream that ends after some text, without finish reason and without [DONE]',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider({ text: 'Only the first half of', finishReason: null, ending: [] }),
        )
        await check.rejectsWithCode(
          readAll(pipeline({ server }).stream(question)),
          'UPSTREAM_TRUNCATED',
          'iteration',
        )
      },
    },
    {
      name: 'a polite [DONE] does not make an unfinished answer whole',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Only the first half of', finishReason: null }))
        await check.rejectsWithCode(
          readAll(pipeline({ server }).stream(question)),
          'UPSTREAM_TRUNCATED',
          'iteration',
        )
      },
    },
    {
      name: 'a finish reason without [DONE] is a whole answer',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'All of it.', ending: [] }))
        const chunks = await readAll(pipeline({ server }).stream(question))
        check.equal(chunks.findLast((chunk) => chunk.choices.length > 0)?.choices[0]?.finish_reason, 'stop')
      },
    },
    {
      name: 'a stream of two answers of which one is unfinished is truncated',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider({ choices: [{ text: 'Finished.' }, { text: 'Not quite', finishReason: null }] }),
        )
        const stream = pipeline({ server }).stream({ ...question, n: 2 })
        await check.rejectsWithCode(readAll(stream), 'UPSTREAM_TRUNCATED', 'iteration')
      },
    },
    {
      name: 'a reader of the result alone is told as well, also of a stream without a single chunk',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const half = await faults(provider({ text: 'Only half', finishReason: null }))
        await check.rejectsWithCode(
          pipeline({ server: half }).stream(question).result,
          'UPSTREAM_TRUNCATED',
          'result',
        )
        const empty = await faults([
          { headers: { 'content-type': 'text/event-stream' }, steps: [{ text: 'data: [DONE]\n\n' }] },
        ])
        const stream = pipeline({ server: empty, retry: { maxRetries: 0 } }).stream(question)
        await check.rejectsWithCode(stream.result, 'UPSTREAM_TRUNCATED', 'result of an empty stream')
      },
    },
    {
      name: 'a stream of two answers that ends before the second has begun is truncated',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ choices: [{ text: 'Finished.' }], usage: false }))
        const stream = pipeline({ server }).stream({ ...question, n: 2 })
        await check.rejectsWithCode(readAll(stream), 'UPSTREAM_TRUNCATED', 'iteration')
      },
    },
    {
      name: 'it is not kept either, where one that comes to its end is',
      case: 'nasty',
      needs: ['response-cache', 'byte-store'],
      async run({ check, faults, pipeline }) {
        const said = [[{ text: 'Finished.' }], [{ text: 'Finished.' }, { text: 'Both.' }]]
        const server = await faults(
          provider(() => ({ choices: said[server.journal.length - 1] ?? [], usage: false })),
        )
        const store = createSpyStore()
        const made = pipeline({ server, responseCache: { store } })
        const asked = { ...askCacheable('Tell me.'), n: 2 }
        await check.rejectsWithCode(readAll(made.stream(asked)), 'UPSTREAM_TRUNCATED', 'the first')
        check.equal(store.writes, 0, 'answers that were stored')
        await readAll(made.stream(asked))
        check.equal(store.writes, 1, 'answers that were stored')
      },
    },
    {
      name: 'fewer answers than were asked for are whole where the usage, which comes last, says so',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'I know no n.', ending: [] }))
        const chunks = await readAll(pipeline({ server }).stream({ ...question, n: 2 }))
        check.equal(textOf(chunks), 'I know no n.')
      },
    },
  ],
})
