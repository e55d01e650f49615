import type { CallContext, EmbedRequest, EmbedResponse, PipelineOptions } from '@plumbline/core'
import { CacheBackedEmbeddings } from '@langchain/classic/embeddings/cache_backed'
import type { EmbeddingsInterface } from '@langchain/core/embeddings'
import { InMemoryStore } from '@langchain/core/stores'
import { OpenAIEmbeddings } from '@langchain/openai'

import { BytesBaseStore } from './bytes-base-store.ts'

/** `OpenAIEmbeddings` drops the usage that the provider sends. */
const usage = { prompt_tokens: 0, total_tokens: 0 }

/**
 * Embeds through `OpenAIEmbeddings`, cache-backed unless the caller says no; one instance for each set of parameters. A call has
 * none of its own: its deadline is the `timeout` of an instance, and its signal cannot be passed.
 *
 * A single text goes through `embedDocuments` too: `embedQuery` is never cached, and to OpenAI both are the same request. The
 * encoding on the wire is left to the client, since LangChain's vectors are numbers; who asks for base64 gets it from them.
 */
export function createEmbedder(
  options: PipelineOptions,
): (request: EmbedRequest, context?: CallContext) => Promise<EmbedResponse> {
  const known = new Map<string, EmbeddingsInterface>()
  const { embeddingCache = {} } = options
  const store =
    embeddingCache === false
      ? undefined
      : embeddingCache.store === undefined
        ? new InMemoryStore<Uint8Array>()
        : new BytesBaseStore(embeddingCache.store, embeddingCache.ttlMs)

  function embeddingsFor(
    { model, dimensions }: EmbedRequest,
    deadlineMs: number | undefined,
  ): EmbeddingsInterface {
    const key = JSON.stringify([model, dimensions, deadlineMs])
    let embeddings = known.get(key)
    if (embeddings === undefined) {
      const { provider, retry } = options
      const underlying = new OpenAIEmbeddings({
        model,
        ...(dimensions === undefined ? {} : { dimensions }),
        // Its own documentation of the option: "recommended by OpenAI for older models, but may not be suitable for all use cases".
        stripNewLines: false,
        apiKey: provider.apiKey,
        ...(retry?.maxRetries === undefined ? {} : { maxRetries: retry.maxRetries }),
        ...(deadlineMs === undefined || deadlineMs === Infinity ? {} : { timeout: deadlineMs }),
        configuration: { baseURL: provider.baseUrl, ...(provider.fetch ? { fetch: provider.fetch } : {}) },
      })
      // https://js.langchain.com/docs/how_to/caching_embeddings/ (read 2026-11-24): "Be sure to set the namespace parameter to
      // avoid collisions". Its example is the name of the model; whatever else makes another vector is in it too.
      const namespace = JSON.stringify([provider.baseUrl, model, dimensions])
      embeddings = store ? CacheBackedEmbeddings.fromBytesStore(underlying, store, { namespace }) : underlying
      known.set(key, embeddings)
    }
    return embeddings
  }

  return async (request, context) => {
    const embeddings = embeddingsFor(request, context?.deadlineMs ?? options.deadlineMs)
    const vectors = await embeddings.embedDocuments([request.input].flat())
    return {
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: request.encoding_format === 'base64' ? toBase64(vector) : vector,
      })),
      model: request.model,
      usage,
    }
  }
}

function toBase64(vector: number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64')
}
