import type { GatewayLoad } from '@plumbline/report'

/** Chunks of the streams that are asked for. */
export const streamChunks = 20

/** What the three loads ask: distinct questions, which a cache must look up and store, and one question again and again. */
export function requestOf(load: GatewayLoad, number: number): string {
  return JSON.stringify({
    model: 'gpt-4o-mini',
    // Cacheable by the default policy, so that the cache has something to do.
    temperature: 0,
    messages: [
      { role: 'system', content: 'You are a helpful assistant of a web shop.' },
      {
        role: 'user',
        content: `Where is my parcel${load === 'hit' ? '' : ` number ${number}`}, and when will it arrive?`,
      },
    ],
    ...(load === 'stream' && { stream: true, max_tokens: streamChunks }),
  })
}

/** Throws when an answer is none: a gateway that refuses is fast. */
export function assertAnswer(load: GatewayLoad, status: number, text: string): void {
  const isWhole =
    load === 'stream' ? text.trimEnd().endsWith('data: [DONE]') : text.includes('A short answer')
  if (status !== 200 || !isWhole)
    throw new Error(`A ${load} was answered with ${status}: ${text.slice(0, 300)}`)
}
