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
    { model, dimensions, encoding_format }: EmbedRequest,
    deadlineMs: number | undefined,
  ): EmbeddingsInterface {
    const key = JSON.stringify([model, dimensions, encoding_format, deadlineMs])
    let embeddings = known.get(key)
    if (embeddings === undefined) {
      const { provider, retry } = options
      const underlying = new OpenAIEmbeddings({
        model,
        ...(dimensions === undefined ? {} : { dimensions }),
        ...(encoding_format === undefined ? {} : { encodingFormat: encoding_format }),
        apiKey: provider.apiKey,
        ...(retry?.maxRetries === undefined ? {} : { maxRetries: retry.maxRetries }),
        ...(deadlineMs === undefined ? {} : { timeout: deadlineMs }),
        configuration: { baseURL: provider.baseUrl, ...(provider.fetch ? { fetch: provider.fetch } : {}) },
      })
      // https://js.langchain.com/docs/how_to/caching_embeddings/ (read 2026-11-24): "Be sure to set the namespace parameter",
      // for example to the name of the embedding model.
      embeddings = store
        ? CacheBackedEmbeddings.fromBytesStore(underlying, store, { namespace: model })
        : underlying
      known.set(key, embeddings)
    }
    return embeddings
  }

  return async (request, context) => {
    const embeddings = embeddingsFor(request, context?.deadlineMs ?? options.deadlineMs)
    const vectors =
      typeof request.input === 'string'
        ? [await embeddings.embedQuery(request.input)]
        : await embeddings.embedDocuments(request.input)
    return {
      object: 'list',
      data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
      model: request.model,
      usage,
    }
  }
}
