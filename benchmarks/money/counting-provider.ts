import {
  chatAnswer,
  embedAnswer,
  errorAnswer,
  lastText,
  type Answer,
  type Exchange,
} from '@plumbline/conformance'

import { busyModel, fallbackModel } from './mixed-calls.ts'

/** Nano-dollars per token of input, cached input and output (openai.com/api/pricing, read 2026-11-23). */
const prices: Record<string, readonly [input: number, cachedInput: number, output: number]> = {
  'gpt-4o': [2_500, 1_250, 10_000],
  [fallbackModel]: [150, 75, 600],
  'text-embedding-3-small': [20, 20, 0],
}

/** What the provider counts for a prompt: a function of its text alone. */
function tokensOf(prompt: string): readonly [input: number, cachedInput: number, output: number] {
  const sum = [...prompt].reduce((mixed, character) => (mixed * 31 + character.charCodeAt(0)) % 9973, 7)
  return [100 + sum, sum % 50, 1 + (sum % 299)]
}

/** Does to each prompt what its second word says. */
export function countingProvider(request: Exchange): Answer {
  if (request.path.endsWith('/embeddings')) return embedAnswer(request)
  const prompt = lastText(request)
  const [, word = ''] = prompt.split(' ')
  if (modelOf(request) === busyModel) return errorAnswer(503)
  if (word === 'refuse') return errorAnswer(400)
  if (word === 'fail') return errorAnswer(500)
  if (word === 'talk') {
    return chatAnswer(request, { text: 'So far, and no end', beforeFinish: [{ stall: true }] })
  }
  const [input, cached, output] = tokensOf(prompt)
  const answer = chatAnswer(request, {
    text: word === 'say-it' ? 'It is xyzzy.' : `Answer to ${prompt}`,
    usage: {
      prompt_tokens: input,
      completion_tokens: output,
      prompt_tokens_details: { cached_tokens: cached },
    },
  })
  return word === 'wait' ? { ...answer, before: [{ stall: true }] } : answer
}

/** What the journal says that the provider charged for the answers that it sent to their end, in nano-dollars. */
export function chargedBy(journal: readonly Exchange[]): number {
  let charged = 0
  for (const exchange of journal) {
    if (exchange.status !== 200 || exchange.ended?.by !== 'answer') continue
    const [inputPrice, cachedPrice, outputPrice] = pricesOf(modelOf(exchange))
    const { input } = exchange.body as { input?: string | string[] }
    // An embedding has a token for each character; see `embedAnswer`.
    const [all, cached, output] =
      input === undefined ? tokensOf(lastText(exchange)) : [[input].flat().join('').length, 0, 0]
    charged += (all - cached) * inputPrice + cached * cachedPrice + output * outputPrice
  }
  return charged
}

/** What so many tokens cost of gpt-4o, in nano-dollars. */
export function priceOf(model: string, inputTokens: number, outputTokens: number): number {
  const [input, , output] = pricesOf(model)
  return inputTokens * input + outputTokens * output
}

function pricesOf(model: string): readonly [input: number, cachedInput: number, output: number] {
  const found = prices[model]
  if (found === undefined)
    throw new Error(`The provider answered for ${model}, which nobody was to be answered by.`)
  return found
}

function modelOf({ body }: Exchange): string {
  return (body as { model: string }).model // Every request names one.
}
