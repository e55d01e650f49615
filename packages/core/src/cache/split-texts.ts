import { estimateTokens } from '../metrics/usage.ts'

/**
 * OpenAI takes 300,000 tokens in one embedding request (API reference, read 2026-11-24). Ours are estimates: a third is left for
 * texts of more tokens than their bytes let expect.
 */
const maxEstimatedTokens = 200_000

/** The texts, in their order, in as few requests as the provider's limits allow. A text over the limit is a request of its own. */
export function splitTexts(
  texts: readonly string[],
  { maxTexts = 2_048 }: { maxTexts?: number | undefined } = {},
): string[][] {
  if (!Number.isInteger(maxTexts) || maxTexts <= 0)
    throw new RangeError(`maxEmbeddingTexts must be a positive integer, not ${maxTexts}`)
  const requests: string[][] = []
  let room = 0
  for (const text of texts) {
    const tokens = estimateTokens(text)
    const last = requests.at(-1)
    if (last === undefined || last.length === maxTexts || tokens > room) {
      requests.push([text])
      room = maxEstimatedTokens - tokens
    } else {
      last.push(text)
      room -= tokens
    }
  }
  return requests
}
