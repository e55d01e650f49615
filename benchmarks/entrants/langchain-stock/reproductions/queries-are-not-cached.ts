// `CacheBackedEmbeddings` keeps documents; a query is sent and paid each time. In Python it takes a store for queries too.
// Advice followed: https://js.langchain.com/docs/how_to/caching_embeddings/ (`fromBytesStore`) and
// https://js.langchain.com/docs/how_to/embed_text/ (`embedQuery`); both read 2026-11-24.
// Upstream: https://github.com/langchain-ai/langchainjs/pull/8249, closed: `@langchain/classic` is hardly maintained Fails EMB-02.
import { CacheBackedEmbeddings } from '@langchain/classic/embeddings/cache_backed'
import { InMemoryStore } from '@langchain/core/stores'
import { OpenAIEmbeddings } from '@langchain/openai'

let requests = 0
async function fetch() {
  requests++
  return Response.json({ data: [{ object: 'embedding', index: 0, embedding: [1, 2] }], model: 'm' })
}
const underlying = new OpenAIEmbeddings({
  model: 'm',
  encodingFormat: 'float',
  apiKey: 'none',
  configuration: { fetch },
})
const cached = CacheBackedEmbeddings.fromBytesStore(underlying, new InMemoryStore<Uint8Array>(), {
  namespace: 'm',
})
for (let time = 0; time < 3; time++) await cached.embedQuery('Where is my parcel?')
console.log(`expected: 1 request  observed: ${requests} requests`)
process.exit(requests === 3 ? 0 : 1)
