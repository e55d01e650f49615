import OpenAI from 'openai'

import { requestOf } from './requests.ts'
import type { Subject, Target } from './subject.ts'

export const sdkName = 'openai-sdk'
export const boundedSdkName = 'openai-sdk with a signal and a timer'

/** The floor: `fetch` alone, its answer parsed. */
export function fetchSubject({ baseUrl, fetch = globalThis.fetch }: Target): Subject {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer overhead' }
  return {
    name: 'fetch (the floor)',
    baseline: sdkName,
    async call(number) {
      const response = await fetch(`${baseUrl}/chat/completions`, {
        method: 'POST',
        headers,
        body: JSON.stringify(requestOf(number)),
      })
      return response.json()
    },
  }
}

/**
 * The bare SDK as it comes, itself again (A/A), and with what a caller needs to give a call an end: a signal, and a timer that aborts
 * it. The first two come first, as the rows that others stand on.
 */
export function sdkSubjects({ baseUrl, fetch }: Target): Subject[] {
  const client = new OpenAI({ baseURL: baseUrl, apiKey: 'overhead', ...(fetch && { fetch }) })
  // The SDK's type of a request is closed, ours is open; the JSON is the same.
  const bodyOf = (number: number) => requestOf(number) as OpenAI.ChatCompletionCreateParamsNonStreaming
  const bare = async (number: number) => client.chat.completions.create(bodyOf(number))
  return [
    { name: sdkName, baseline: sdkName, call: bare },
    { name: 'openai-sdk again (A/A)', baseline: sdkName, call: bare },
    {
      name: boundedSdkName,
      baseline: sdkName,
      async call(number) {
        const controller = new AbortController()
        const timer = setTimeout(() => controller.abort(), 60_000)
        try {
          return await client.chat.completions.create(bodyOf(number), { signal: controller.signal })
        } finally {
          clearTimeout(timer)
        }
      },
    },
  ]
}
