import { inspect } from 'node:util'

import { defineClause } from '../clause.ts'
import { createSpyStore, labApiKey, readAll, type Lab, type SpyStore } from '../lab.ts'
import { ask, askCacheable } from '../requests.ts'
import type { Answer } from '../servers/answer.ts'
import { deltaEvent, errorAnswer, eventStream, provider } from '../servers/provider.ts'

const prompt = 'My password is hunter2-tangerine'
const answer = 'Then change it to mauve-walrus-77'
const secrets = [labApiKey, 'hunter2', 'tangerine', 'mauve', 'walrus']

const sse = { 'content-type': 'text/event-stream' }

/**
 * An error in every form that a log gives it: its text, its stack, its JSON, and what `console.error` prints. What the
 * provider itself said may stand in `cause`, for who asks for it by name.
 */
function formsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)]
  const fields = Object.entries(error).map(([name, value]) => `${name}: ${inspect(value)}`)
  return [
    String(error),
    error.stack ?? '',
    JSON.stringify(error),
    inspect(error),
    inspect({ error }, { depth: 9, showHidden: false }),
    ...fields,
  ]
}

/** Nothing that was logged, counted, kept as a key or thrown holds a secret. Values of the caches are not looked at: they are for the answers. */
function isSilent({ check, logger, records }: Lab, errors: readonly unknown[], store?: SpyStore): void {
  const texts = [
    ...errors.flatMap(formsOf),
    ...logger.events.map((event) => JSON.stringify(event)),
    ...records.map((record) => JSON.stringify(record)),
    ...(store ? store.entries.keys() : []),
  ]
  for (const text of texts) for (const secret of secrets) check.lacks(text, secret, 'what is told')
}

async function errorsOf(calls: readonly (() => PromiseLike<unknown>)[]): Promise<unknown[]> {
  const errors: unknown[] = []
  for (const call of calls) {
    try {
      await call()
    } catch (error) {
      errors.push(error)
    }
  }
  return errors
}

export const SEC01 = defineClause({
  id: 'SEC-01',
  sentence: 'API keys, prompts and answers appear in no log, metric, key, error or report by default.',
  origin: 'user expectation',
  kind: 'entrant',
  // An entrant without records, logger or store has nothing there that could tell. The health report is HLT-03's.
  needs: ['chat', 'stream'],
  scenarios: [
    {
      name: 'an answered call tells nobody what was asked and answered',
      case: 'ordinary',
      async run(lab) {
        const { check, faults, pipeline } = lab
        const store = createSpyStore()
        const made = pipeline({
          server: await faults(provider({ text: answer })),
          responseCache: { store },
          embeddingCache: { store },
        })
        for (const text of [prompt, `${prompt}.`, prompt]) {
          const { response } = await made.chat(askCacheable(text))
          check.equal(response.choices[0]?.message.content, answer, 'the answer')
        }
        await readAll(made.stream(askCacheable(`${prompt}!`)))
        isSilent(lab, [], store)
      },
    },
    {
      name: 'errors of a provider that quotes the key, the prompt and an answer do not',
      case: 'ordinary',
      async run(lab) {
        const { check, faults, pipeline } = lab
        const message = `Incorrect API key provided: ${labApiKey}. Cannot answer "${prompt}" with "${answer}".`
        for (const status of [400, 401, 403, 404, 429, 500]) {
          const answers = [
            errorAnswer(status, { message, code: 'invalid_request_error', type: prompt }),
            { status, steps: [{ text: message }] },
          ]
          for (const one of answers) {
            const made = pipeline({ server: await faults([one]), retry: { maxRetries: 0 } })
            const errors = await errorsOf([
              () => made.chat(ask(prompt)),
              () => readAll(made.stream(ask(prompt))),
            ])
            check.equal(errors.length, 2, `errors of status ${status}`)
            isSilent(lab, errors)
          }
        }
      },
    },
    {
      name: 'an answer that breaks half-way is not quoted by the error that says so',
      case: 'boundary',
      async run(lab) {
        const { check, faults, pipeline } = lab
        const begun = [deltaEvent({ role: 'assistant', content: answer })]
        let failures = 0
        const broken: Answer[] = [
          { steps: [{ text: `{"choices":[{"message":{"content":"${answer}` }] },
          { steps: [{ text: answer }] },
          { steps: [{ text: `<html>${answer}</html>` }] },
          eventStream([...begun, { text: `data: ${answer}\n\n` }]),
          { headers: sse, steps: [...begun, { reset: true }] },
          { headers: sse, steps: [...begun, { event: { error: { message: answer, type: answer } } }] },
          eventStream(begun),
        ]
        for (const one of broken) {
          const made = pipeline({ server: await faults([one]), retry: { maxRetries: 0 } })
          const errors = await errorsOf([
            () => made.chat(ask(prompt)),
            () => readAll(made.stream(ask(prompt))),
          ])
          failures += errors.length
          isSilent(lab, errors)
        }
        // Which of them must fail is for FLT-08 and STR-05 to say.
        check.ok(failures > 0, 'some of these must fail')
      },
    },
    {
      name: 'a request that is refused before it is sent is not quoted either',
      case: 'boundary',
      async run(lab) {
        const { check, faults, pipeline } = lab
        const server = await faults(provider({ text: answer }))
        const made = pipeline({ server })
        const cyclic: Record<string, unknown> = { note: prompt }
        cyclic['self'] = cyclic
        const errors = await errorsOf([
          () => made.chat(ask(prompt, { temperature: Number.NaN })),
          () => made.chat(ask(prompt, { metadata: { note: prompt, at: 1n } })),
          () => made.chat(ask(prompt, { metadata: cyclic })),
          () => made.chat(ask(prompt), { signal: AbortSignal.abort(new Error(prompt)) }),
        ])
        check.ok(errors.length > 0, 'what is no JSON must fail')
        isSilent(lab, errors)
      },
    },
    {
      name: 'secrets in tools, tool results, images, names, refusals and unknown fields stay out as well',
      case: 'nasty',
      async run(lab) {
        const { check, faults, pipeline } = lab
        const store = createSpyStore()
        const toolCall = {
          id: 'c1',
          type: 'function',
          function: { name: 'look', arguments: `{"at":"${answer}"}` },
        }
        const replies = [
          { toolCalls: [toolCall] },
          { refusal: answer },
          { text: answer, finishReason: 'length' },
        ]
        for (const reply of replies) {
          const made = pipeline({ server: await faults(provider(reply)), responseCache: { store } })
          const request = askCacheable(prompt, {
            messages: [
              { role: 'system', content: prompt, name: 'tangerine' },
              { role: 'user', content: [{ type: 'image_url', image_url: { url: `https://x/${prompt}` } }] },
              { role: 'assistant', content: null, tool_calls: [toolCall] },
              { role: 'tool', tool_call_id: 'c1', content: prompt },
            ],
            user: prompt,
            metadata: { note: prompt },
            extra: { note: prompt },
          })
          await made.chat(request)
          await readAll(made.stream({ ...request, seed: 1 }))
        }
        check.ok(true, 'the calls were answered')
        isSilent(lab, [], store)
      },
    },
  ],
})
