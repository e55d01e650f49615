/**
 * The provider of the benchmarks of CPU time: answers every chat request with the same small answer over keep-alive HTTP, and a streamed one
 * with as many chunks as its `max_tokens` says, as fast as they are taken. Tells its parent the port; ends with its parent.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const common = { id: 'chatcmpl-1', created: 1_795_435_200, model: 'gpt-4o-mini' }
const usage = { prompt_tokens: 24, completion_tokens: 7, total_tokens: 31 }

const answer = JSON.stringify({
  ...common,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'A short answer of some words.', refusal: null },
      finish_reason: 'stop',
    },
  ],
  usage,
})

const server = createServer(async (request, response) => {
  let body = ''
  for await (const piece of request) body += String(piece)
  const { stream, max_tokens: chunks = 7 } = JSON.parse(body) as { stream?: boolean; max_tokens?: number } // The builds' own.
  if (stream === true) return sendChunks(response, chunks)
  response
    .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) })
    .end(answer)
})

async function sendChunks(response: ServerResponse, count: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = (all: object[], rest: object = {}) =>
    response.write(
      `data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices: all, ...rest })}\n\n`,
    )
  const choices = (delta: object, finish_reason: string | null = null) => [{ index: 0, delta, finish_reason }]
  send(choices({ role: 'assistant', content: '' }))
  for (let chunk = 0; chunk < count; chunk++) {
    // Words of a sentence, so that a guardrail sees where one ends.
    if (!send(choices({ content: chunk % 12 === 11 ? 'end. ' : 'word ' }))) await once(response, 'drain')
  }
  send(choices({}, 'stop'))
  send([], { usage })
  response.end('data: [DONE]\n\n')
}

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit(0))
