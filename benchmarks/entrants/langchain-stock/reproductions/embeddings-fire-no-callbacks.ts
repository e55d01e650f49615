// The provider says what an embedding call costs; LangChain tells nobody: no event, no usage, only the vectors.
// Advice followed: https://js.langchain.com/docs/how_to/embed_text/ (read 2026-11-24), `embedQuery`, within a chain that has handlers.
// Upstream: https://github.com/langchain-ai/langchainjs/issues/3908
import { CallbackManager } from '@langchain/core/callbacks/manager'
import { OpenAIEmbeddings } from '@langchain/openai'
import { RunnableLambda } from '@langchain/core/runnables'

async function fetch() {
  const usage = { prompt_tokens: 7, total_tokens: 7 }
  return Response.json({ data: [{ object: 'embedding', index: 0, embedding: [1, 2] }], model: 'm', usage })
}
const embeddings = new OpenAIEmbeddings({ encodingFormat: 'float', apiKey: 'none', configuration: { fetch } })
const events: string[] = []
const callbacks = CallbackManager.fromHandlers({
  handleLLMStart: () => void events.push('start'),
  handleLLMEnd: () => void events.push('end'),
  handleCustomEvent: () => void events.push('custom'),
})
const vector = await RunnableLambda.from((text: string) => embeddings.embedQuery(text)).invoke('Hi', {
  callbacks,
})
await new Promise((resolve) => setTimeout(resolve, 50))
console.log(
  `expected: an event with 7 tokens  observed: ${events.length} events, a vector of ${vector.length}`,
)
process.exit(events.length === 0 ? 0 : 1)
