/**
 * The provider of the hard cases, in a process of its own: answers with the SHA-256 of the last message and a serial number that no other
 * answer has, so that whoever gets an answer knows whose it is. The first word of the message says how: `slow-500` waits 500 ms, `held`
 * streams eight characters, one more every ten seconds until `release` comes, then the rest; `endless` streams without end. Prints its
 * address.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

let serial = 0
let release = Promise.withResolvers<void>()

const server = createServer(async (request, response) => {
  if (request.method === 'GET') return response.end('{"object":"list","data":[]}')
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer) // No encoding is set.
  // The builds' own.
  const { messages, stream } = JSON.parse(Buffer.concat(pieces).toString()) as {
    messages: { content: string }[]
    stream?: boolean
  }
  const content = messages.at(-1)?.content ?? ''
  const text = `${createHash('sha256').update(content).digest('hex')} ${++serial}`
  const waitMs = Number(/^slow-(\d+)/.exec(content)?.[1] ?? 0)
  if (waitMs > 0) await sleep(waitMs)
  if (stream) return void streamAnswer(response, content, text).catch(() => response.destroy())
  response.setHeader('content-type', 'application/json')
  response.end(
    JSON.stringify({
      ...common('chat.completion'),
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage,
    }),
  )
})

const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }

function common(object: string): object {
  return { id: `chatcmpl-${serial}`, object, created: 1_795_435_200, model: 'gpt-4o-mini' }
}

async function streamAnswer(response: ServerResponse, content: string, text: string): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = async (delta: object, finish_reason: string | null = null): Promise<void> => {
    const event = { ...common('chat.completion.chunk'), choices: [{ index: 0, delta, finish_reason }] }
    if (!response.write(`data: ${JSON.stringify(event)}\n\n`)) await once(response, 'drain')
  }
  await send({ role: 'assistant', content: '' })
  if (content.startsWith('endless')) while (!response.destroyed) await send({ content: 'word '.repeat(200) })
  let sent = 8
  await send({ content: text.slice(0, sent) })
  if (content.startsWith('held')) {
    const released = release.promise.then(() => true)
    // A stream that is silent for half a minute is given up.
    while (sent < 60 && !(await Promise.race([released, sleep(10_000, false, { ref: false })])))
      await send({ content: text.slice(sent, ++sent) })
  }
  await send({ content: text.slice(sent) })
  await send({}, 'stop')
  response.write(`data: ${JSON.stringify({ ...common('chat.completion.chunk'), choices: [], usage })}\n\n`)
  response.end('data: [DONE]\n\n')
}

process.on('message', () => {
  release.resolve()
  release = Promise.withResolvers<void>()
})
process.on('disconnect', () => process.exit(0))
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', 8_192, () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`) // It listens on TCP.
})
