import { createHash } from 'node:crypto'
import { Agent, request } from 'node:http'

import { keyOf, type Stage } from './stage.ts'

/** How one call ended for its caller. */
export interface CallEnding {
  /** 0: the connection broke. */
  status: number
  /** Whether it was answered with its own answer, whole. */
  isRight: boolean
  /** Whether what came was somebody else's answer, or none in a 200. */
  isWrong: boolean
  /** Of an error of ours. */
  code?: string | undefined
  retryAfter?: string | undefined
  /** Which answer of the provider it was. */
  serial?: string | undefined
  recordId?: string | undefined
  tenant: string
  elapsedMs: number
}

const agent = new Agent({ keepAlive: true, maxFreeSockets: 256 })

export interface CallOptions {
  tenant?: string
  stream?: boolean
  temperature?: number
  onFirstByte?: () => void
}

/** Asks, reads everything, and judges what came. Never rejects. */
export function makeCall(stage: Stage, content: string, options: CallOptions = {}): Promise<CallEnding> {
  const { tenant = 'acme', stream = false, temperature, onFirstByte } = options
  const body = JSON.stringify({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content }],
    stream,
    ...(temperature !== undefined && { temperature }),
  })
  const began = performance.now()
  const { hostname, port } = new URL(stage.gatewayUrl)
  return new Promise((resolve) => {
    let isFirst = true
    const end = (status: number, text: string, headers: NodeJS.Dict<string | string[]>): void =>
      resolve({
        ...judge(status, text, content, stream),
        retryAfter: headers['retry-after'] === undefined ? undefined : String(headers['retry-after']),
        recordId:
          String(headers['x-plumbline-record'] ?? '') || /"x-plumbline-record":"([^"]+)"/.exec(text)?.[1],
        tenant,
        elapsedMs: performance.now() - began,
      })
    const outgoing = request(
      {
        agent,
        hostname,
        port,
        path: '/v1/chat/completions',
        method: 'POST',
        headers: {
          authorization: `Bearer ${keyOf(tenant)}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        },
      },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (piece: string) => {
          text += piece
          if (isFirst) onFirstByte?.()
          isFirst = false
        })
        answer.on('end', () => end(answer.statusCode ?? 0, text, answer.headers))
        answer.on('error', () => end(0, text, {}))
      },
    )
    outgoing.on('error', () => end(0, '', {}))
    outgoing.end(body)
  })
}

function judge(
  status: number,
  text: string,
  content: string,
  stream: boolean,
): Pick<CallEnding, 'status' | 'isRight' | 'isWrong' | 'code' | 'serial'> {
  const code = /"code":"(\w+)"/.exec(text)?.[1]
  if (status !== 200 || (stream && code !== undefined))
    return { status, isRight: false, isWrong: false, code }
  const said = stream ? wordsOf(text) : (/"content":"([^"]*)"/.exec(text)?.[1] ?? '')
  const [hash, serial] = said.split(' ')
  const isRight =
    hash === createHash('sha256').update(content).digest('hex') && (!stream || text.includes('[DONE]'))
  return { status, isRight, isWrong: !isRight, serial }
}

/** The words of a stream's deltas. */
function wordsOf(text: string): string {
  return [...text.matchAll(/"content":"([^"]*)"/g)].map(([, word]) => word).join('')
}
