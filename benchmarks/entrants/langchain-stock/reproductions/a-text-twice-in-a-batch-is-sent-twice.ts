// A batch that names one text three times pays for it three times, although the cache is keyed by text.
// Advice followed: https://js.langchain.com/docs/how_to/caching_embeddings/ (read 2026-11-24), `fromBytesStore`. Fails EMB-01.
import { CacheBackedEmbeddings } from '@langchain/classic/embeddings/cache_backed'
import { InMemoryStore } from '@langchain/core/stores'
import { OpenAIEmbeddings } from '@langchain/openai'

let sent: string[] = []
async function fetch(_url: unknown, request?: RequestInit) {
  sent = JSON.parse(String(request?.body)).input
  const data = sent.map((_text, index) => ({ object: 'embedding', index, embedding: [1, 2] }))
  return Response.json({ data, model: 'm' })
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
await cached.embedDocuments(['a', 'b', 'a', 'a'])
console.log(`expected: a,b  observed: ${sent.join(',')}`)
process.exit(sent.length === 4 ? 0 : 1)
