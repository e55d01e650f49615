import type { Checks } from '../checks.ts'
import { defineClause } from '../clause.ts'
import { readAll } from '../lab.ts'
import { ask } from '../requests.ts'
import { embedBody, provider } from '../servers/provider.ts'

const prompt = 'Which of the harbours between Esbjerg and Rømø still land plaice, and since when? '.repeat(9)
const answer = 'Three of them: two since the war, and one, a little unexpectedly, since 1868. '.repeat(5)

// The ranks are megabytes: loaded by the scenario that counts.
const o200k = async () => (await import('gpt-tokenizer/encoding/o200k_base')).countTokens
const cl100k = async () => (await import('gpt-tokenizer/encoding/cl100k_base')).countTokens

/** What chat formats put around a message and before an answer: 3 to 8 tokens each, whoever counts. */
const mostFraming = 16

export const MET19 = defineClause({
  id: 'MET-19',
  sentence:
    'A provider that reports no usage gets an estimate from a tokenizer, flagged; a provider that reports zero is believed.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'metrics'],
  scenarios: [
    {
      name: 'a silent provider’s answers are counted by the tokenizer of the model, whole and streamed, and flagged',
      case: 'ordinary',
      async run({ check, faults, pipeline }) {
        const made = pipeline({ server: await faults(provider({ text: answer, usage: false })) })
        for (const [model, count] of [
          ['gpt-4o', await o200k()],
          ['gpt-4-turbo', await cl100k()],
        ] as const) {
          const request = ask(prompt, { model })
          const expected = { input: count(prompt), output: count(answer) }
          isEstimate(check, (await made.chat(request)).metrics, expected)
          isEstimate(check, (await made.stream(request).result).metrics, expected)
        }
      },
    },
    {
      name: 'a provider that reports zero tokens is believed, whole and streamed',
      case: 'boundary',
      async run({ check, faults, pipeline }) {
        const usage = { prompt_tokens: 0, completion_tokens: 0 }
        const made = pipeline({ server: await faults(provider({ text: answer, usage })) })
        const whole = await made.chat(ask(prompt))
        const streamed = await made.stream(ask(prompt)).result
        for (const { metrics } of [whole, streamed]) {
          check.deepEqual([metrics.inputTokens, metrics.outputTokens, metrics.usageEstimated], [0, 0, false])
        }
      },
    },
    {
      name: 'embeddings without usage are counted as well',
      case: 'boundary',
      needs: ['embed'],
      async run({ check, faults, pipeline, records }) {
        const server = await faults((request) => {
          const data = embedBody(request).input.map((_, index) => ({
            object: 'embedding',
            index,
            embedding: [0.5],
          }))
          return { steps: [{ text: JSON.stringify({ object: 'list', data, model: 'embedder' }) }] }
        })
        await pipeline({ server }).embed({ model: 'text-embedding-3-small', input: [prompt, answer] })
        const [record] = records
        const count = await cl100k()
        check.deepEqual([record?.inputTokens, record?.usageEstimated], [count(prompt) + count(answer), true])
      },
    },
    {
      name: 'what arrived of a stream that breaks is counted too, once there has been time to load the tokenizer',
      case: 'nasty',
      async run({ check, faults, pipeline, records }) {
        const whole = pipeline({ server: await faults(provider({ text: answer, usage: false })) })
        await whole.chat(ask(prompt))
        const server = await faults(provider({ text: answer, finishReason: null, usage: false }))
        await readAll(pipeline({ server }).stream(ask(prompt))).catch(() => {})
        const count = await o200k()
        isEstimate(check, records.at(-1), { input: count(prompt), output: count(answer) })
      },
    },
    {
      name: 'a prompt that looks like a special token, and one that would take the tokenizer minutes, are estimated in time',
      case: 'nasty',
      async run({ check, faults, pipeline }) {
        const made = pipeline({ server: await faults(provider({ text: answer, usage: false })) })
        const special = await made.chat(ask('<|endoftext|>'))
        check.between(special.metrics.inputTokens, 4, 7 + mostFraming, 'tokens of <|endoftext|>')
        // Its time grows with the square of a run without a boundary: 4 s for these, on a machine of 2026.
        const run = ask('a'.repeat(60_000))
        const before = process.cpuUsage()
        const { metrics } = await made.chat(run)
        const { user, system } = process.cpuUsage(before)
        check.between(metrics.inputTokens, 7_000, 8_000 + mostFraming, 'tokens of the run')
        check.between((user + system) / 1000, 0, 1500, 'CPU ms of the call')
      },
    },
  ],
})

function isEstimate(
  check: Checks,
  metrics: { inputTokens: number; outputTokens: number; usageEstimated: boolean } | undefined,
  expected: { input: number; output: number },
): void {
  check.equal(metrics?.usageEstimated, true, 'usageEstimated')
  check.between(metrics?.inputTokens, expected.input, expected.input + mostFraming, 'inputTokens')
  check.equal(metrics?.outputTokens, expected.output, 'outputTokens')
}
