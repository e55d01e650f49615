import { createPriceBook, type PriceCard } from '@plumbline/core'

import type { Exchange } from './simulated-provider.ts'

/** The cards that a replay is priced by, by model. */
export type ReplayPrices = ReadonlyMap<string, PriceCard>

/** The published cards of these models in force at `at`, ms since the epoch. */
export async function readPrices(models: readonly string[], at: number): Promise<ReplayPrices> {
  const book = createPriceBook()
  return new Map(
    await Promise.all(
      models.map(async (model) => [model, await book.cardFor({ provider: 'openai', model, at })] as const),
    ),
  )
}

/** What a journal costs, in integer nano-dollars; what the provider had in its own cache of prompts at its lower price. Written out, since it checks what the builds have recorded. */
export function costOf(journal: readonly Exchange[], prices: ReplayPrices): number {
  return journal.reduce((sum, { model, inputTokens, cachedInputTokens, outputTokens }) => {
    const card = prices.get(model)
    if (card === undefined) throw new RangeError(`There is no price of ${model}.`)
    return (
      sum +
      Math.round(
        (inputTokens - cachedInputTokens) * card.inputNanoUsdPerToken +
          cachedInputTokens * card.cachedInputNanoUsdPerToken +
          outputTokens * card.outputNanoUsdPerToken,
      )
    )
  }, 0)
}
