import type { ByteStore } from '@plumbline/core'
import { simulateReadableStream, type LanguageModelMiddleware } from 'ai'

type GenerateResult = Awaited<ReturnType<NonNullable<LanguageModelMiddleware['wrapGenerate']>>>
type StreamResult = Awaited<ReturnType<NonNullable<LanguageModelMiddleware['wrapStream']>>>
type StreamPart = StreamResult['stream'] extends ReadableStream<infer Part> ? Part : never

/** As much of a Redis client as the docs use. */
interface KeyValueStore {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<void>
}

/**
 * The middleware that the docs recommend for caching, with their comments left out and nothing else changed
 * (https://ai-sdk.dev/docs/advanced/caching, read 2026-11-24: "This example uses `@upstash/redis` […] but you can use any KV
 * storage provider you would like"; the same middleware is in https://ai-sdk.dev/cookbook/next/caching-middleware).
 */
export function createCacheMiddleware(redis: KeyValueStore): LanguageModelMiddleware {
  return {
    specificationVersion: 'v4',
    wrapGenerate: async ({ doGenerate, params, model }) => {
      const cacheKey = JSON.stringify({ provider: model.provider, modelId: model.modelId, params })

      const cached = (await redis.get(cacheKey)) as GenerateResult | null

      if (cached !== null) {
        // `timestamp: undefined` is not in its type under `exactOptionalPropertyTypes`.
        return {
          ...cached,
          response: {
            ...cached.response,
            timestamp: cached?.response?.timestamp ? new Date(cached?.response?.timestamp) : undefined,
          },
        } as GenerateResult
      }

      const result = await doGenerate()

      redis.set(cacheKey, result)

      return result
    },
    wrapStream: async ({ doStream, params, model }) => {
      const cacheKey = JSON.stringify({ provider: model.provider, modelId: model.modelId, params })

      const cached = await redis.get(cacheKey)

      if (cached !== null) {
        const formattedChunks = (cached as StreamPart[]).map((p) => {
          if (p.type === 'response-metadata' && p.timestamp) {
            return { ...p, timestamp: new Date(p.timestamp) }
          } else return p
        })
        return {
          stream: simulateReadableStream({
            initialDelayInMs: 0,
            chunkDelayInMs: 10,
            chunks: formattedChunks,
          }),
        }
      }

      const { stream, ...rest } = await doStream()

      const fullResponse: StreamPart[] = []

      const transformStream = new TransformStream<StreamPart, StreamPart>({
        transform(chunk, controller) {
          fullResponse.push(chunk)
          controller.enqueue(chunk)
        },
        flush() {
          redis.set(cacheKey, fullResponse)
        },
      })

      return { stream: stream.pipeThrough(transformStream), ...rest }
    },
  }
}

/** A byte store as the KV storage of that middleware: values are JSON, as with `@upstash/redis`, and do not expire. */
export function toKeyValueStore(store: ByteStore): KeyValueStore {
  return {
    async get(key) {
      const bytes = await store.get(key)
      return bytes === undefined ? null : JSON.parse(Buffer.from(bytes).toString())
    },
    async set(key, value) {
      await store.set(key, Buffer.from(JSON.stringify(value)), Number.POSITIVE_INFINITY)
    },
  }
}

/** The KV storage when nobody gives one: values are JSON as well. */
export function createMapStore(): KeyValueStore {
  const entries = new Map<string, string>()
  return {
    async get(key) {
      return JSON.parse(entries.get(key) ?? 'null')
    },
    async set(key, value) {
      entries.set(key, JSON.stringify(value))
    },
  }
}
