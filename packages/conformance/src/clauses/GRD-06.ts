import { defineGuardrails, emailRule } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import { createSpyStore, readAll, textOf } from '../lab.ts'
import { askCacheable } from '../requests.ts'
import { lastText, provider } from '../servers/provider.ts'
import { wordPolicy, wordRule } from '../test-policy.ts'

/** Numbered placeholders, put back for the caller. */
const restoring = defineGuardrails({
  rules: [emailRule(), wordRule('XYZZY')].map((rule) => ({ rule, action: 'redact' })),
  restore: true,
})

export const GRD06 = defineClause({
  id: 'GRD-06',
  sentence:
    "The provider and the cache see redacted text only; with `restore: true` the caller's answer has the original values put back.",
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['chat', 'stream', 'embed', 'guardrail-policy', 'response-cache', 'embedding-cache', 'byte-store'],
  scenarios: [
    {
      name: 'neither the request that is sent nor the entry that is stored holds the word',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider((request) => ({ text: `You said: ${lastText(request)}. XYZZY!` })),
        )
        const store = createSpyStore()
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'redact'), responseCache: { store } })
        await made.chat(askCacheable('Say XYZZY'))
        check.lacks(JSON.stringify(server.journal[0]?.body), 'XYZZY', 'what was sent')
        check.equal(store.writes, 1, 'writes')
        check.lacks(store.seen.join('\n'), 'XYZZY', 'the store')
      },
    },
    {
      name: 'two requests that redaction makes equal share one answer',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ text: 'Yes.' }))
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'redact'), responseCache: {} })
        await made.chat(askCacheable('Say XYZZY'))
        await made.chat(askCacheable('Say [TEST_WORD]'))
        check.equal(server.journal.length, 1, 'requests at the provider')
      },
    },
    {
      name: 'a stream cut inside the word, and an embedding, keep it from provider and stores as well',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider({ pieces: ['It was XY', 'ZZY', ', yes'] }))
        const [answers, vectors] = [createSpyStore(), createSpyStore()]
        const made = pipeline({
          server,
          guardrails: wordPolicy('XYZZY', 'redact'),
          responseCache: { store: answers },
          embeddingCache: { store: vectors },
        })
        await readAll(made.stream(askCacheable('Say XYZZY')))
        await made.embed({ model: 'text-embedding-3-small', input: ['Say XYZZY', 'nothing'] })
        check.equal(server.journal.length, 2, 'requests at the provider')
        for (const { body } of server.journal) check.lacks(JSON.stringify(body), 'XYZZY', 'what was sent')
        check.lacks([...answers.seen, ...vectors.seen].join('\n'), 'XYZZY', 'the stores')
        check.ok(answers.seen.join('\n').includes('[TEST_WORD]'), 'the redacted answer is stored')
      },
    },
    {
      name: 'a request that is filled in anew while its call is on its way is sent, and kept, as it was guarded',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(provider((request) => ({ text: `You said: ${lastText(request)}.` })))
        const spy = createSpyStore()
        // One that takes its time, so that the caller goes on before the provider is asked.
        const get = async (key: string) => {
          await new Promise((resolve) => setImmediate(resolve))
          return spy.get(key)
        }
        const store = { ...spy, get }
        const made = pipeline({ server, guardrails: wordPolicy('XYZZY', 'redact'), responseCache: { store } })
        const message = { role: 'user' as const, content: '' }
        const request = askCacheable('', { messages: [message] })
        const input = ['One.']
        const started: Promise<unknown>[] = []
        for (const content of ['One.', 'Two.', 'XYZZY!']) {
          message.content = content
          started.push(made.chat(request), readAll(made.stream({ ...request, seed: 1 })))
        }
        const unread = made.stream({ ...request, seed: 2 })
        started.push(made.embed({ model: 'text-embedding-3-small', input }))
        message.content = input[0] = 'XYZZY, now'
        await Promise.all([...started, readAll(unread)])
        const sent = server.journal.map(({ body }) => JSON.stringify(body))
        check.lacks(sent.join('\n'), 'XYZZY', 'what was sent')
        check.equal(sent.filter((body) => body.includes('"One."')).length, 3, 'requests that say One.')
        check.equal(sent.filter((body) => body.includes('"Two."')).length, 2, 'requests that say Two.')
        const { response, metrics } = await made.chat(askCacheable('One.'))
        check.equal(metrics.cacheStatus, 'hit', 'the first question, asked again')
        check.equal(response.choices[0]?.message.content, 'You said: One..', 'its answer')
      },
    },
    {
      name: 'with restore, provider and cache see numbered placeholders and the caller its own values, streamed in single characters too',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const said = 'Wrote to [EMAIL_2], not [EMAIL_1] or [EMAIL_3].'
        const server = await faults(provider({ text: said, pieces: [...said] }))
        const store = createSpyStore()
        const made = pipeline({ server, guardrails: restoring, responseCache: { store } })
        const request = askCacheable('Not ann@example.com or ann@example.com, but bob@example.com')
        const expected = 'Wrote to bob@example.com, not ann@example.com or [EMAIL_3].'
        for (let call = 0; call < 2; call++) {
          const stream = made.stream(request)
          check.equal(textOf(await readAll(stream)), expected, 'the stream')
          const { response } = await stream.result
          check.equal(response.choices[0]?.message.content, expected, 'its result')
        }
        const { response } = await made.chat(request)
        check.equal(response.choices[0]?.message.content, expected, 'the cached answer')
        check.equal(server.journal.length, 1, 'requests at the provider')
        const sent = JSON.stringify(server.journal[0]?.body)
        check.match(sent, /Not \[EMAIL_1\] or \[EMAIL_1\], but \[EMAIL_2\]/, 'what was sent')
        check.lacks(sent + store.seen.join(), 'example.com', 'provider and store')
        check.equal(store.writes, 1, 'answers that were stored')
      },
    },
    {
      name: 'with restore, a hashed value is put back too, and a masked one, which may stand for several, is not',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider((request) => ({ text: lastText(request), pieces: [...lastText(request)] })),
        )
        const store = createSpyStore()
        const guardrails = defineGuardrails({
          rules: [
            { rule: emailRule(), action: 'hash', directions: ['input'] },
            { rule: wordRule('ABRACADABRA'), action: 'mask', directions: ['input'] },
          ],
          hashKey: 'a key of the suite, 16 bytes and more',
          restore: true,
        })
        const made = pipeline({ server, guardrails, responseCache: { store } })
        const request = askCacheable('ann@example.com said ABRACADABRA to bob@example.com')
        const expected = 'ann@example.com said ****ABRA to bob@example.com'
        const stream = made.stream(request)
        check.equal(textOf(await readAll(stream)), expected, 'the stream')
        const { response } = await made.chat(request)
        check.equal(response.choices[0]?.message.content, expected, 'the cached answer')
        check.equal(server.journal.length, 1, 'requests at the provider')
        check.lacks(JSON.stringify(server.journal) + store.seen.join(), 'example.com', 'provider and store')
      },
    },
    {
      name: 'those who share a call, or an entry, each get their own values back, and of no other caller or tenant',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const server = await faults(
          provider({
            text: 'Hello [EMAIL_1]!',
            pieces: ['Hello [EM', 'AIL_1]!'],
            beforeFirst: [{ gate: 'both' }],
          }),
        )
        const made = pipeline({ server, guardrails: restoring, responseCache: {} })
        const names = ['ann', 'bob', 'cleo']
        const answers = names.map(async (name) => {
          const { response } = await made.chat(askCacheable(`I am ${name}@example.com`))
          return response.choices[0]?.message.content
        })
        const streams = names.map(async (name) =>
          textOf(await readAll(made.stream(askCacheable(`I am ${name}@example.org`), { tenant: 'acme' }))),
        )
        await server.received(2)
        server.release('both')
        check.deepEqual(
          await Promise.all(answers),
          names.map((name) => `Hello ${name}@example.com!`),
          'the answers',
        )
        check.deepEqual(
          await Promise.all(streams),
          names.map((name) => `Hello ${name}@example.org!`),
          'the streams of another tenant',
        )
        const { response } = await made.chat(askCacheable('I am dan@example.com'))
        check.equal(response.choices[0]?.message.content, 'Hello dan@example.com!', 'who comes later')
        check.equal(server.journal.length, 2, 'requests at the provider: one for each tenant')
      },
    },
    {
      name: 'a placeholder that the caller wrote itself is nobody’s, and a value in tool arguments stays JSON',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{"to":"[EMAIL_2]"}' } }
        const server = await faults(provider({ text: 'It is [EMAIL_1] and [EMAIL_2].', toolCalls: [call] }))
        const made = pipeline({ server, guardrails: restoring })
        const { response } = await made.chat(askCacheable("Say [EMAIL_1] of o'hara@example.com"))
        const message = response.choices[0]?.message
        check.equal(message?.content, "It is [EMAIL_1] and o'hara@example.com.")
        check.deepEqual(JSON.parse(String(message?.tool_calls?.[0]?.function?.arguments)), {
          to: "o'hara@example.com",
        })
      },
    },
  ],
})
