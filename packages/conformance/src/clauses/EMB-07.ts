import type { Pipeline } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import type { Lab } from '../lab.ts'
import type { Answer } from '../servers/answer.ts'
import type { Exchange } from '../servers/fault-server.ts'
import { embedAnswer, embedBody, errorAnswer, vectorOf } from '../servers/provider.ts'

const model = 'text-embedding-3-small'
/** 0.02 USD per million tokens (openai.com/api/pricing, read 2026-11-23), in nano-dollars. */
const perToken = 20

/** What OpenAI takes in one request (API reference, read 2026-11-24). */
const maxTexts = 2_048

const textsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `text number ${index}`)

const sentTexts = (requests: readonly Exchange[]): string[] =>
  requests.flatMap((request) => embedBody(request).input)

/** A server with a limit, as OpenAI has one, and one text that it fails on while `fails` says so. */
function limited(limit: number, badText?: string, fails: () => boolean = () => true) {
  return (request: Exchange): Answer => {
    const { input } = embedBody(request)
    if (input.length > limit) {
      const message = `Invalid 'input': array too long. Expected an array with maximum length ${limit}.`
      return errorAnswer(400, { message, type: 'invalid_request_error' })
    }
    if (badText !== undefined && input.includes(badText) && fails()) return errorAnswer(500)
    return embedAnswer(request)
  }
}

/** The vectors of `texts`, in their order. */
async function vectorsOf(made: Pipeline, texts: readonly string[]): Promise<unknown[]> {
  const { response } = await made.embed({ model, input: [...texts] })
  return response.data.map(({ embedding }) => embedding)
}

const expected = (texts: readonly string[]): number[][] =>
  texts.map((text) => [...Float32Array.from(vectorOf(text, { model }))])

/** Ten texts, four at a time, of which the seventh fails. */
async function oneFails({ check, faults, pipeline }: Lab) {
  let isDown = true
  const server = await faults(limited(4, 'text number 6', () => isDown))
  const provider = { maxEmbeddingTexts: 4 }
  const made = pipeline({ server, provider, embeddingCache: {}, retry: { maxRetries: 0 } })
  const error = await check.rejectsWithCode(vectorsOf(made, textsOf(10)), 'UPSTREAM', 'the call')
  const before = server.journal.length
  isDown = false
  return { server, made, error, before }
}

/** One who asks for six texts, two at a time, and another one who joins for the first of them while the first request waits at `go`. */
async function sharedFirst({ faults, pipeline }: Lab, badText?: string) {
  const server = await faults((request) => ({
    ...limited(2, badText)(request),
    ...(request.index === 0 && { before: [{ gate: 'go' }] }),
  }))
  const provider = { maxEmbeddingTexts: 2 }
  const made = pipeline({ server, provider, embeddingCache: {}, retry: { maxRetries: 0 } })
  const controller = new AbortController()
  const leading = made.embed({ model, input: textsOf(6) }, { signal: controller.signal })
  leading.catch(() => {})
  await server.received(1)
  const following = vectorsOf(made, textsOf(1))
  following.catch(() => {})
  await new Promise((resolve) => setTimeout(resolve, 20))
  return { server, leading, following, leave: () => controller.abort() }
}

export const EMB07 = defineClause({
  id: 'EMB-07',
  sentence:
    'Batches over the provider’s limit are split; one failing batch fails the call by name and keeps what succeeded in the cache.',
  origin: 'user expectation',
  kind: 'entrant',
  needs: ['embed', 'embedding-cache'],
  scenarios: [
    {
      name: 'more texts than OpenAI takes at once are sent in as many requests as it needs, and come back in order',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const server = await faults(limited(maxTexts))
        const made = pipeline({ server, embeddingCache: {} })
        const texts = textsOf(maxTexts + 2)
        const vectors = await vectorsOf(made, texts)
        check.equal(vectors.length, texts.length, 'vectors')
        for (const index of [0, maxTexts - 1, maxTexts, maxTexts + 1]) {
          const [wanted] = expected([texts[index] ?? ''])
          const got = Float32Array.from(vectors[index] as number[]) // Numbers, which it asked for.
          check.deepEqual([...got], wanted, `vector ${index}`)
        }
        check.deepEqual(sentTexts(server.journal).sort(), texts.toSorted(), 'texts at the provider')
      },
    },
    {
      name: 'as many texts as OpenAI takes at once come back, and one more than that',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const server = await faults(limited(maxTexts))
        const made = pipeline({ server, embeddingCache: {} })
        for (const count of [maxTexts, maxTexts + 1]) {
          check.equal((await vectorsOf(made, textsOf(count))).length, count, 'vectors')
        }
        check.equal(sentTexts(server.journal).length, maxTexts + 1, 'texts at the provider')
      },
    },
    {
      name: 'when a later request fails, the call fails, and what was answered is not sent again',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        let isDown = true
        const texts = textsOf(maxTexts + 10)
        const bad = texts.at(-1) ?? ''
        const server = await faults(limited(maxTexts, bad, () => isDown))
        const made = pipeline({ server, embeddingCache: {}, retry: { maxRetries: 0 } })
        await check.rejectsWithCode(vectorsOf(made, texts), 'UPSTREAM', 'the call')
        const first = [...server.journal]
        isDown = false
        check.equal((await vectorsOf(made, texts)).length, texts.length, 'vectors of the repetition')
        const answered = new Set(
          sentTexts(first.filter((request) => !embedBody(request).input.includes(bad))),
        )
        const again = sentTexts(server.journal.slice(first.length))
        check.ok(answered.size > 0, 'some texts were answered')
        check.equal(
          again.filter((text) => answered.has(text)).length,
          0,
          'answered texts that are sent again',
        )
      },
    },
    {
      name: 'as many texts as a provider takes at once are one request, and one more is another',
      case: 'boundary',
      needs: ['typed-errors'],
      async run({ check, faults, pipeline }) {
        const server = await faults(limited(4))
        const made = pipeline({ server, provider: { maxEmbeddingTexts: 4 }, embeddingCache: {} })
        await vectorsOf(made, textsOf(4))
        check.equal(server.journal.length, 1, 'requests for four texts')
        const texts = textsOf(9).slice(4)
        check.deepEqual(await vectorsOf(made, texts), expected(texts), 'the vectors of five')
        check.equal(server.journal.length, 3, 'requests for five more')
        // Of what it knows nothing is sent, so that one request is enough again.
        await vectorsOf(made, textsOf(12))
        check.equal(server.journal.length, 4, 'requests for twelve of which nine are known')
      },
    },
    {
      name: 'when one request fails, what came before it is kept: the repetition sends the others alone',
      case: 'nasty',
      needs: ['typed-errors'],
      async run(lab) {
        const { server, made, before } = await oneFails(lab)
        const answered = sentTexts(server.journal.slice(0, before)).filter((text) => !text.endsWith('6'))
        lab.check.ok(answered.length >= 4, 'some texts were answered')
        lab.check.deepEqual(await vectorsOf(made, textsOf(10)), expected(textsOf(10)), 'the repetition')
        const again = sentTexts(server.journal.slice(before))
        for (const text of textsOf(4)) lab.check.ok(!again.includes(text), `${text} is sent once`)
        lab.check.deepEqual(again, textsOf(10).slice(4), 'texts that are sent again')
      },
    },
    {
      name: 'the error says which request failed, and no text',
      case: 'nasty',
      needs: ['typed-errors'],
      async run(lab) {
        const { error } = await oneFails(lab)
        const part: unknown = Reflect.get(error, 'part')
        lab.check.deepEqual(part, { number: 2, of: 3 }, 'the part')
        lab.check.match(error.message, /request 2 of 3/, 'the message')
        lab.check.lacks(error.message, 'text number', 'the message')
      },
    },
    {
      name: 'what succeeded is billed by the call that failed, and saved by the one after it',
      case: 'nasty',
      needs: ['typed-errors', 'metrics', 'cost'],
      async run(lab) {
        const { made } = await oneFails(lab)
        await vectorsOf(made, textsOf(10))
        // One token for each of the thirteen characters of a text.
        lab.check.deepEqual(
          lab.records.map(({ outcome, attempts, costNanoUsd, savedNanoUsd }) => [
            outcome,
            attempts,
            costNanoUsd,
            savedNanoUsd,
          ]),
          [
            ['error', 2, 4 * 13 * perToken, 0],
            ['success', 2, 6 * 13 * perToken, 4 * 13 * perToken],
          ],
        )
      },
    },
    {
      name: 'another caller who waits for a text of a later request is not left without it when the first one leaves',
      case: 'nasty',
      needs: ['typed-errors'],
      limitMs: 5_000,
      async run({ check, faults, pipeline }) {
        const server = await faults((request) => ({
          ...limited(2)(request),
          ...(request.index === 0 && { before: [{ gate: 'go' }] }),
        }))
        const provider = { maxEmbeddingTexts: 2 }
        const made = pipeline({ server, provider, embeddingCache: {}, retry: { maxRetries: 0 } })
        const controller = new AbortController()
        const leaving = made.embed({ model, input: textsOf(4) }, { signal: controller.signal })
        leaving.catch(() => {})
        await server.received(1)
        const staying = vectorsOf(made, textsOf(4).slice(2))
        await new Promise((resolve) => setTimeout(resolve, 20))
        controller.abort()
        await check.rejectsWithCode(leaving, 'CANCELLED', 'the one who leaves')
        server.release('go')
        check.deepEqual(await staying, expected(textsOf(4).slice(2)), 'the vectors of the one who stays')
      },
    },
    {
      name: 'another caller who waits for a text of one request has it with that request, and does not fail with a later one',
      case: 'nasty',
      needs: ['typed-errors'],
      limitMs: 5_000,
      async run(lab) {
        const { server, leading, following } = await sharedFirst(lab, 'text number 3')
        server.release('go')
        lab.check.deepEqual(await following, expected(textsOf(1)), 'the vector of the one who follows')
        await lab.check.rejectsWithCode(leading, 'UPSTREAM', 'the one who leads')
      },
    },
    {
      name: 'when the first one leaves, the one who stays neither waits nor pays for requests that nobody wants',
      case: 'nasty',
      needs: ['typed-errors', 'metrics', 'cost'],
      limitMs: 5_000,
      async run(lab) {
        const { check, records } = lab
        const { server, leading, following, leave } = await sharedFirst(lab)
        leave()
        await check.rejectsWithCode(leading, 'CANCELLED', 'the one who leaves')
        server.release('go')
        check.deepEqual(await following, expected(textsOf(1)), 'the vector of the one who stays')
        check.equal(server.journal.length, 1, 'requests at the provider')
        check.deepEqual(
          records.map(({ attempts, costNanoUsd }) => [attempts, costNanoUsd]),
          [
            [0, 0],
            [1, 2 * 13 * perToken],
          ],
          'attempts and cost of the one who left and the one who stayed',
        )
      },
    },
  ],
})
