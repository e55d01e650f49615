// One model in two sizes, one store, the namespace that the documentation proposes (without the size): 4 numbers asked for, 2 got.
// Advice followed: https://js.langchain.com/docs/how_to/caching_embeddings/ (read 2026-11-24): "you could set it to the
// name of the embedding model used".
import { CacheBackedEmbeddings } from '@langchain/classic/embeddings/cache_backed'
import { InMemoryStore } from '@langchain/core/stores'
import { OpenAIEmbeddings } from '@langchain/openai'

async function fetch(_url: unknown, request?: RequestInit) {
  const embedding = Array<number>(JSON.parse(String(request?.body)).dimensions).fill(0.5)
  return Response.json({ data: [{ object: 'embedding', index: 0, embedding }], model: 'm' })
}
const model = 'text-embedding-3-small'
const store = new InMemoryStore<Uint8Array>()
const sized = (dimensions: number) =>
  CacheBackedEmbeddings.fromBytesStore(
    new OpenAIEmbeddings({
      model,
      dimensions,
      encodingFormat: 'float',
      apiKey: 'none',
      configuration: { fetch },
    }),
    store,
    { namespace: model },
  )
await sized(2).embedDocuments(['Hello'])
const [vector = []] = await sized(4).embedDocuments(['Hello'])
console.log(`expected: 4 numbers  observed: ${vector.length} numbers`)
process.exit(vector.length === 2 ? 0 : 1)
