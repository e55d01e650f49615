import type { CacheMode, CachePolicy, CacheStatus, ChatRequest, PipelineOptions } from '@plumbline/core'
import { InMemoryCache, type BaseCache } from '@langchain/core/caches'
import { ChatOpenAI } from '@langchain/openai'

import { toModelFields } from './parameters.ts'
import { StoreCache } from './store-cache.ts'

export interface Models {
  /** The model for the parameters of a request, with or without the cache, and what a record says of the cache unless it hits. */
  modelFor(request: ChatRequest, mode: CacheMode | undefined): { model: ChatOpenAI; cacheStatus: CacheStatus }
}

/** Makes a `ChatOpenAI` for each set of parameters, once. */
export function createModels(options: PipelineOptions): Models {
  const { provider, retry, deadlineMs, responseCache = {} } = options
  const cache = responseCache === false ? undefined : createCache(responseCache.store, responseCache.ttlMs)
  const policy = responseCache === false ? undefined : responseCache.policy
  const known = new Map<string, ChatOpenAI>()

  function modelFor(request: ChatRequest, cached: boolean): ChatOpenAI {
    const fields = toModelFields(request)
    const key = JSON.stringify([cached, fields])
    let model = known.get(key)
    if (model === undefined) {
      // https://docs.langchain.com/oss/javascript/integrations/chat/openai and .../langchain/models, "Parameters" (read
      // 2026-11-24): `apiKey`, `maxRetries`, `timeout`, and `configuration` for the base URL and fetch of the client.
      model = new ChatOpenAI({
        ...fields,
        apiKey: provider.apiKey,
        ...(retry?.maxRetries === undefined ? {} : { maxRetries: retry.maxRetries }),
        ...(deadlineMs === undefined || deadlineMs === Infinity ? {} : { timeout: deadlineMs }),
        configuration: { baseURL: provider.baseUrl, ...(provider.fetch ? { fetch: provider.fetch } : {}) },
        ...(cached && cache ? { cache } : {}),
      })
      known.set(key, model)
    }
    return model
  }

  return {
    modelFor(request, mode = 'use') {
      const admitted = isAdmitted(request, policy)
      // LangChain has no mode that writes without reading, so `refresh` is served like `bypass`: by a model without a cache.
      const cached = cache !== undefined && mode === 'use' && admitted
      const uncached = mode !== 'use' ? 'bypass' : 'declined'
      return {
        model: modelFor(request, cached),
        cacheStatus: cache === undefined ? 'off' : cached ? 'miss' : uncached,
      }
    },
  }
}

/**
 * https://js.langchain.com/docs/how_to/chat_model_caching/ (read 2026-11-24): in memory, or in a store that several processes
 * share. `cache: true` is one cache for the whole process; an instance keeps two pipelines apart.
 */
function createCache(
  store: ConstructorParameters<typeof StoreCache>[0] | undefined,
  ttlMs: number | undefined,
): BaseCache {
  return store === undefined ? new InMemoryCache() : new StoreCache(store, ttlMs)
}

/** Which model has the cache is for the user to say, and by default it caches everything. */
function isAdmitted(request: ChatRequest, policy: CachePolicy | undefined): boolean {
  if (policy === undefined || policy === 'always') return true
  if (typeof policy === 'function') return policy(request)
  return request.temperature === 0 || typeof request.seed === 'number'
}
