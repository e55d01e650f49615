// 600 texts are two requests, of 512 and of 88. The second fails, and the 512 vectors that were paid for are not in the cache.
// Advice followed: https://js.langchain.com/docs/how_to/caching_embeddings/ (read 2026-11-24), `fromBytesStore`. Fails EMB-07.
import { CacheBackedEmbeddings } from '@langchain/classic/embeddings/cache_backed'
import { InMemoryStore } from '@langchain/core/stores'
import { OpenAIEmbeddings } from '@langchain/openai'

async function fetch(_url: unknown, request?: RequestInit) {
  const { input } = JSON.parse(String(request?.body))
  if (input.includes('text 599')) return Response.json({}, { status: 400 })
  const data = input.map((_: string, index: number) => ({ index, embedding: [1, 2] }))
  return Response.json({ data, model: 'm' })
}
const configuration = { fetch }
const underlying = new OpenAIEmbeddings({
  model: 'm',
  encodingFormat: 'float',
  apiKey: 'none',
  configuration,
})
const store = new InMemoryStore<Uint8Array>()
const cached = CacheBackedEmbeddings.fromBytesStore(underlying, store, { namespace: 'm' })
await cached.embedDocuments(Array.from({ length: 600 }, (_, index) => `text ${index}`)).catch(() => {})
let kept = 0
for await (const _ of store.yieldKeys()) kept++
console.log(`expected: 512 vectors kept  observed: ${kept}`)
process.exit(kept === 0 ? 0 : 1)
