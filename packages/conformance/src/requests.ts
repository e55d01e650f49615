import type { ChatRequest } from '@plumbline/core'

/** A request of one user message to gpt-4o, with more fields where a scenario needs them. */
export function ask(content: string, fields: Partial<ChatRequest> = {}): ChatRequest {
  return { model: 'gpt-4o', messages: [{ role: 'user', content }], ...fields }
}

/** As `ask`, with temperature 0: a request that caches admit by default. */
export function askCacheable(content: string, fields: Partial<ChatRequest> = {}): ChatRequest {
  return ask(content, { temperature: 0, ...fields })
}
