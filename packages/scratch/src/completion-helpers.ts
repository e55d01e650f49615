// Only here, with the client's wrappers.
import type { OpenAI } from 'openai'

import { override } from './override.ts'

const names = ['parse', 'stream', 'runTools'] as const

/** The SDK's helpers on `completions`, calling the `create` of another client: they call that of the client that they find in `_client`. */
export function helpersThrough(
  completions: OpenAI.Chat.Completions,
  client: () => OpenAI,
): Record<string, (...args: unknown[]) => unknown> {
  return Object.fromEntries(
    names.map((name) => [
      name,
      (...args: unknown[]): unknown => {
        const helper = completions[name] as (...all: unknown[]) => unknown // Each has types of its own.
        return helper.apply(override(completions, { _client: client() }), args)
      },
    ]),
  )
}
