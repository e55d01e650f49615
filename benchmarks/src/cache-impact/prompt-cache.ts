import { createHash } from 'node:crypto'

import type { ChatRequest } from '@plumbline/core'

import { promptTokens } from './token-counter.ts'

/**
 * What OpenAI says of its own cache of prompts: from 1,024 tokens on, in steps of 128, of prompts that begin alike, and for 5 to 10
 * minutes without use (https://platform.openai.com/docs/guides/prompt-caching, read 2026-11-24).
 */
const [leastTokens, stepTokens, keptMs] = [1_024, 128, 300_000]

/** The provider's own cache of prompts: it makes input cheaper, and saves no call. */
export interface PromptCache {
  /** How many of a prompt's `inputTokens` the provider has seen before, at `nowMs`; remembers the prompt. */
  cachedTokens(request: ChatRequest, inputTokens: number, nowMs: number): number
}

/** Prompts are compared message by message, not token by token: a message that differs at its end alone counts as another. */
export function createPromptCache(): PromptCache {
  const lastUsedMs = new Map<string, number>()
  return {
    cachedTokens(request, inputTokens, nowMs) {
      // Where the trace says how long the prompt is, its messages have their shares of that.
      const scale = inputTokens / promptTokens(request)
      let known = 0
      let isKnown = true
      const hash = createHash('sha256').update(request.model)
      for (const [index, { role, content }] of request.messages.entries()) {
        const prefix = hash
          .update(JSON.stringify([role, content]))
          .copy()
          .digest('base64url')
        isKnown &&= nowMs - (lastUsedMs.get(prefix) ?? -Infinity) <= keptMs
        if (isKnown)
          known = promptTokens({ ...request, messages: request.messages.slice(0, index + 1) }) * scale
        lastUsedMs.set(prefix, nowMs)
      }
      const tokens = Math.min(Math.floor(known), inputTokens)
      return tokens < leastTokens ? 0 : tokens - ((tokens - leastTokens) % stepTokens)
    },
  }
}
