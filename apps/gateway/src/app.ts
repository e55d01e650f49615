import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { ServerResponse } from 'node:http'

import { CancelledError } from '@plumbline/core'
import type { CallContext, ChatRequest, EmbedRequest, Pipeline } from '@plumbline/core'

import { createAdmission, type Admission } from './admission.ts'
import { readCallHeaders, recordHeaders } from './call-headers.ts'
import { refuse, toErrorAnswer, type ErrorAnswer } from './error-answer.ts'
import { sendEventStream } from './event-stream.ts'
import { defaultLimits, type BuildName, type GatewayOptions } from './gateway-options.ts'
import { createKeySearch, type GatewayKey } from './keys.ts'
import { listModels, passOn } from './pass-through.ts'
import { createRateLimiter } from './rate-limit.ts'

/** The service, before anything listens. */
export interface Gateway {
  app: Hono
  admission: Admission
  /** From now on new calls are refused; those that are under way go on. */
  drain(): void
  readonly isDraining: boolean
  /** Calls that have left no record yet: one that was cut off does so a moment after its connection. */
  readonly unrecorded: number
}

type Environment = { Variables: { key: GatewayKey }; Bindings: HttpBindings }
type RouteContext = Context<Environment>

const dev: GatewayKey = { sha256: '', tenant: 'dev' }

/** The OpenAI-compatible routes over the pipelines. */
export function createGateway(options: GatewayOptions): Gateway {
  const {
    pipelines,
    keys,
    provider,
    allowBuildHeader = false,
    nowMs = () => performance.now(),
    onRefusal,
  } = options
  const limits = { ...defaultLimits, ...options.limits }
  const admission = createAdmission(limits)
  const rates = createRateLimiter(nowMs)
  const findKey = keys === 'dev' ? () => dev : createKeySearch(keys)
  let isDraining = false
  let unrecorded = 0
  const app = new Hono<Environment>()

  app.use('/v1/*', async (c, next) => {
    if (isDraining) {
      // A caller who tries again shall reach another gateway, and does not on a connection that is kept.
      c.env.outgoing.shouldKeepAlive = false
      return send(refuse(503, 'DRAINING', 'The gateway is stopping.', { retryAfterMs: 1_000 }))
    }
    if (keys === 'dev' && !isFromHere(c.req.header('origin'))) {
      const message = 'Without keys the gateway takes no call from a page of another site.'
      return send(refuse(403, 'FOREIGN_PAGE', message))
    }
    const key = findKey(bearerOf(c))
    if (key === undefined) {
      return send(refuse(401, 'UNAUTHENTICATED', 'The API key is missing or not known here.'))
    }
    const waitMs =
      keys === 'dev' ? 0 : rates.take(key.tenant, key.requestsPerMinute ?? limits.requestsPerMinute)
    if (waitMs > 0) {
      const message = 'This tenant has made all the requests that it may make in a minute.'
      return send(refuse(429, 'RATE_LIMITED', message, { retryAfterMs: waitMs }))
    }
    c.set('key', key)
    return next()
  })
  const tooLarge = (): Response =>
    send(refuse(413, 'REQUEST_TOO_LARGE', `A request may have at most ${limits.maxBodyBytes} bytes.`))
  const limitUnannounced = bodyLimit({ maxSize: limits.maxBodyBytes, onError: tooLarge })
  app.use('/v1/*', async (c, next) => {
    // It reads through a web stream, which costs a cache hit a fifth of its time; Node holds a body to the length that it announces.
    if (c.req.header('transfer-encoding') !== undefined) return limitUnannounced(c, next)
    return Number(c.req.header('content-length') ?? 0) > limits.maxBodyBytes ? tooLarge() : next()
  })

  app.post('/v1/chat/completions', (c) =>
    call(c, async ({ body, pipeline, context }) => {
      const request = body as ChatRequest // The pipeline validates it.
      if (request.stream === true) {
        const { stream: _, ...rest } = request
        const stream = pipeline.stream(rest, context)
        await sendEventStream(stream, c.env.outgoing, {
          slowClientMs: limits.slowClientMs,
          onFailure: count,
        })
        unrecorded++
        void stream.result.then(recorded, recorded)
        return RESPONSE_ALREADY_SENT
      }
      const { response, metrics } = await pipeline.chat(request, context)
      return toJson(response, 200, recordHeaders(metrics))
    }),
  )
  app.post('/v1/embeddings', (c) =>
    call(c, async ({ body, pipeline, context }) => {
      const { response, metrics } = await pipeline.embed(body as EmbedRequest, context) // Validated by it, too.
      return toJson(response, 200, recordHeaders(metrics))
    }),
  )
  app.get('/v1/models', (c) => pass(c, () => listModels(provider, c.get('key').models, c.req.raw.signal)))
  app.post('/v1/moderations', (c) =>
    pass(c, async () => passOn(provider, '/moderations', await readText(c), c.req.raw.signal)),
  )

  app.get('/livez', (c) => c.json({ status: 'pass' }))
  app.get('/readyz', (c) => c.json({ status: isDraining ? 'fail' : 'pass' }, isDraining ? 503 : 200))
  app.notFound((c) => send(refuse(404, 'NOT_FOUND', `There is no ${c.req.method} ${c.req.path} here.`)))
  app.onError((error) => send(toErrorAnswer(error)))

  interface Call {
    body: object
    pipeline: Pipeline
    context: CallContext
  }

  /** What every call has in common: its place, its body, its build, its context, its end. */
  function call(c: RouteContext, answer: (call: Call) => Promise<Response>): Promise<Response> {
    return inPlace(c, async () => {
      unrecorded++
      try {
        const body = await readBody(c)
        const key = c.get('key')
        const pipeline = chooseBuild(c)
        const said = readCallHeaders((name) => c.req.header(name))
        const wrong = [body, pipeline, said].find(isAnswer)
        if (wrong) throw wrong
        const { model } = body as { model?: unknown }
        if (key.models && !(typeof model === 'string' && key.models.includes(model))) {
          throw refuse(403, 'MODEL_NOT_ALLOWED', 'This key may not ask for this model.', { param: 'model' })
        }
        return await answer({
          body: body as object,
          pipeline: pipeline as Pipeline,
          context: { ...(said as CallContext), tenant: key.tenant, signal: c.req.raw.signal },
        })
      } catch (thrown) {
        return send(isAnswer(thrown) ? thrown : toErrorAnswer(thrown))
      } finally {
        recorded()
      }
    })
  }

  /** What the provider answers by itself: it leaves no record, and is asked once. */
  function pass(c: RouteContext, ask: () => Promise<object>): Promise<Response> {
    return inPlace(c, async () => {
      try {
        return toJson(await ask(), 200)
      } catch (thrown) {
        return send(toErrorAnswer(thrown, { wasRetried: false }))
      }
    })
  }

  /** Does the work when there is room, and holds the place until the answer's last byte is on its way, or the client has gone. */
  async function inPlace(c: RouteContext, work: () => Promise<Response>): Promise<Response> {
    const { signal } = c.req.raw
    const leave = await admission.enter(signal)
    if (leave === undefined) {
      if (signal.aborted) return send(toErrorAnswer(new CancelledError('The caller left while it waited.')))
      const message = 'The gateway has as much to do as it takes.'
      return send(refuse(503, 'OVERLOADED', message, { retryAfterMs: 1_000 }))
    }
    const { outgoing } = c.env
    // When its last byte is on its way, or the client has gone: a gateway that stops waits for it.
    outgoing.once('close', leave)
    if (outgoing.closed) leave()
    const response = await work()
    if (isDraining) outgoing.shouldKeepAlive = false
    if (response !== RESPONSE_ALREADY_SENT) dropWhenSlow(outgoing)
    return response
  }

  function recorded(): void {
    unrecorded--
  }

  function chooseBuild(c: RouteContext): Pipeline | ErrorAnswer {
    const asked = allowBuildHeader ? c.req.header('x-plumbline-build') : undefined
    const name = asked ?? [...pipelines.keys()][0]
    const found = pipelines.get(name as BuildName) // Undefined for any other name.
    const known = [...pipelines.keys()].join(', ')
    return found ?? refuse(400, 'INVALID_REQUEST', `x-plumbline-build must be one of ${known}.`)
  }

  /** Who does not read an answer that is there holds its memory and a place no longer than this. */
  function dropWhenSlow(outgoing: ServerResponse): void {
    const slow = setTimeout(() => outgoing.destroy(), limits.slowClientMs)
    outgoing.once('close', () => clearTimeout(slow))
  }

  function count({ body }: ErrorAnswer): void {
    onRefusal?.(body.error.code ?? 'unknown')
  }

  function send(answer: ErrorAnswer): Response {
    count(answer)
    return toJson(answer.body, answer.status, answer.headers)
  }

  return {
    // Its variables are its own affair.
    app: app as unknown as Hono,
    admission,
    drain() {
      isDraining = true
    },
    get isDraining() {
      return isDraining
    },
    get unrecorded() {
      return unrecorded
    },
  }
}

/** With plain headers: a `Headers` object costs a cached answer more than its JSON. */
function toJson(body: object, status: number, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
}

function readText(c: RouteContext): Promise<string> {
  return c.req.text().catch((cause: unknown) => {
    throw new CancelledError('The caller left before its request was whole.', { cause })
  })
}

async function readBody(c: RouteContext): Promise<object | ErrorAnswer> {
  const text = await readText(c)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return refuse(400, 'INVALID_REQUEST', 'The body is no JSON.')
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  return refuse(400, 'INVALID_REQUEST', 'The body must be a JSON object.')
}

/** What a browser on this machine calls it. */
const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * Whether no page of another site makes the call, nor one that has pointed its own name at this machine. A browser says with each POST
 * whose page it is from, and a text needs nobody's leave: without a key any page could spend the provider's.
 */
function isFromHere(origin: string | undefined): boolean {
  return origin === undefined || loopbackNames.has(URL.parse(origin)?.hostname ?? '')
}

function bearerOf(c: Context): string {
  return /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
}

function isAnswer(value: unknown): value is ErrorAnswer {
  return (
    typeof value === 'object' && value !== null && 'status' in value && 'body' in value && 'headers' in value
  )
}
