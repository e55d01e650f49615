import type { Usage } from '@plumbline/core'

import { defineClause } from '../clause.ts'
import type { Lab } from '../lab.ts'
import { ask } from '../requests.ts'
import { provider } from '../servers/provider.ts'

export const CST02 = defineClause({
  id: 'CST-02',
  sentence:
    'Cached input tokens are billed at the cached price and never twice; reasoning tokens are billed as output, sound at its own price.',
  origin: 'found defect',
  kind: 'entrant',
  needs: ['chat', 'stream', 'stream-result', 'metrics', 'cost'],
  scenarios: [
    {
      name: 'four hundred of a thousand input tokens come from the provider’s cache',
      case: 'ordinary',
      async run(lab) {
        // gpt-4o: 2.50, cached 1.25, output 10.00 USD per million.
        await costs(lab, 'gpt-4o', tokens(1000, 100, { cached: 400 }), 600 * 2500 + 400 * 1250 + 100 * 10_000)
      },
    },
    {
      name: 'reasoning tokens are a part of the output tokens, not an addition to them',
      case: 'ordinary',
      async run(lab) {
        await costs(lab, 'gpt-4o', tokens(1000, 500, { reasoning: 300 }), 1000 * 2500 + 500 * 10_000)
      },
    },
    {
      name: 'an input that is cached to its last token, and one that is not cached at all',
      case: 'boundary',
      async run(lab) {
        await costs(lab, 'gpt-4o', tokens(1024, 1, { cached: 1024 }), 1024 * 1250 + 10_000)
        await costs(lab, 'gpt-4o', tokens(1024, 1, { cached: 0 }), 1024 * 2500 + 10_000)
        // gpt-4o-mini: 0.15, cached 0.075, output 0.60.
        await costs(lab, 'gpt-4o-mini', tokens(2, 1, { cached: 2, reasoning: 1 }), 150 + 600)
      },
    },
    {
      name: 'most of a thousand input tokens are sound, and most of the answer',
      case: 'ordinary',
      async run(lab) {
        // gpt-audio: text 2.50 and 10.00, sound 32.00 and 64.00 USD per million.
        await costs(
          lab,
          'gpt-audio',
          tokens(1000, 100, { audioInput: 600, audioOutput: 80 }),
          400 * 2500 + 600 * 32_000 + 20 * 10_000 + 80 * 64_000,
        )
      },
    },
    {
      name: 'more cached tokens than there are input tokens never cost less than all of them cached',
      case: 'nasty',
      async run(lab) {
        await costs(lab, 'gpt-4o', tokens(1000, 10, { cached: 5000 }), 1000 * 1250 + 10 * 10_000)
      },
    },
  ],
})

function tokens(
  input: number,
  output: number,
  details: { cached?: number; reasoning?: number; audioInput?: number; audioOutput?: number },
): Partial<Usage> {
  const ofInput = { cached_tokens: details.cached, audio_tokens: details.audioInput }
  const ofOutput = { reasoning_tokens: details.reasoning, audio_tokens: details.audioOutput }
  return {
    prompt_tokens: input,
    completion_tokens: output,
    // On the wire as JSON, which leaves out what is undefined.
    prompt_tokens_details: JSON.parse(JSON.stringify(ofInput)),
    completion_tokens_details: JSON.parse(JSON.stringify(ofOutput)),
  }
}

/** Asks for this usage whole and streamed, and compares the cost. */
async function costs(
  { check, faults, pipeline }: Lab,
  model: string,
  usage: Partial<Usage>,
  nanoUsd: number,
): Promise<void> {
  const made = pipeline({ server: await faults(provider({ text: 'Yes.', usage })) })
  check.equal((await made.chat(ask('Hello', { model }))).metrics.costNanoUsd, nanoUsd, `${model}, whole`)
  check.equal(
    (await made.stream(ask('Hello', { model })).result).metrics.costNanoUsd,
    nanoUsd,
    `${model}, streamed`,
  )
}
