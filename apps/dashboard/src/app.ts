import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { csrf } from 'hono/csrf'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'

import { callLabels, LedgerError, type CallFilter } from '@plumbline/core/ledger'

import { signInPage, type BuiltPage } from './build-page.ts'
import { bucketsAsCsv, callsAsCsv, groupsAsCsv } from './call-export.ts'
import type { GatewayHealth } from './gateway-health.ts'
import type { OverviewQuery } from './read-overview.ts'
import type { Overview } from './overview.ts'
import { rangeOf, ranges, rangeNames } from './ranges.ts'
import { sessionMs, type Sessions } from './sessions.ts'

export interface DashboardOptions {
  ledgerPath: string
  page: BuiltPage
  readOverview: (query: OverviewQuery) => Promise<Overview>
  readHealth: () => Promise<GatewayHealth>
  /** Who may look; undefined: everybody who reaches it, on loopback alone. */
  sessions: Sessions | undefined
  /** Told of what went wrong that has no name here. Default: nobody is. */
  onFailure?: (error: unknown) => void
  /** Default: the machine's clock. */
  nowMs?: () => number
}

const cookieName = 'plumbline_dashboard'

/** What a browser on this machine calls it: a page of another site that points its own name here is refused. */
const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** The page, what it asks for, and the form before it. */
export function createDashboard(options: DashboardOptions): Hono {
  const { ledgerPath, page, readOverview, readHealth, sessions, onFailure, nowMs = Date.now } = options
  const app = new Hono()

  app.use(secureHeaders({ referrerPolicy: 'no-referrer', strictTransportSecurity: false }))
  app.use(async (c, next) => {
    c.header('cache-control', 'no-store')
    await next()
  })
  app.get('/livez', (c) => c.json({ status: 'pass' }))

  app.use(csrf())
  if (sessions === undefined) {
    app.use(async (c, next) =>
      loopbackNames.has(new URL(c.req.url).hostname)
        ? next()
        : refuse(c, 403, 'FORBIDDEN', 'Without a key the dashboard answers to loopback names only.'),
    )
  } else {
    app.get('/sign-in', (c) => show(c, signInPage()))
    app.post('/sign-in', bodyLimit({ maxSize: 4_096 }), async (c) => {
      const { key } = await c.req.parseBody()
      const isKey = typeof key === 'string' ? sessions.isKey(key) : false
      if (isKey === undefined) return show(c, signInPage('Too many attempts. Wait a minute.'), 429)
      if (!isKey) return show(c, signInPage('This is not the key.'), 401)
      setCookie(c, cookieName, sessions.open(), {
        httpOnly: true,
        sameSite: 'Strict',
        secure: c.req.header('x-forwarded-proto') === 'https',
        path: '/',
        maxAge: sessionMs / 1000,
      })
      return c.redirect('./', 303)
    })
    app.post('/sign-out', (c) => {
      sessions.close(getCookie(c, cookieName))
      deleteCookie(c, cookieName, { path: '/' })
      return c.redirect('sign-in', 303)
    })
    app.use(async (c, next) => {
      if (sessions.isOpen(getCookie(c, cookieName))) return next()
      const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
      if (bearer !== undefined && sessions.isKey(bearer) === true) return next()
      if (c.req.path === '/') return c.redirect('sign-in', 303)
      return refuse(c, 401, 'UNAUTHENTICATED', 'Sign in, or send the key as a bearer token.')
    })
  }

  app.get('/', (c) => show(c, page))
  app.get('/api/overview', async (c) => c.json(await readOverview(queryOf(c, nowMs()))))
  app.get('/api/health', async (c) => c.json({ ...(await readHealth()), canSignOut: sessions !== undefined }))
  app.get('/export/calls.csv', (c) => {
    const { range, filter, nowMs: now } = queryOf(c, nowMs())
    return csv(c, callsAsCsv(ledgerPath, { fromMs: now - ranges[range].ms, toMs: now + 1, filter }))
  })
  app.get('/export/series.csv', async (c) =>
    csv(c, bucketsAsCsv((await readOverview(queryOf(c, nowMs()))).buckets)),
  )
  app.get('/export/table.csv', async (c) => {
    const by = callLabels.find((label) => label === c.req.query('by')) ?? 'model'
    return csv(c, groupsAsCsv(by, (await readOverview(queryOf(c, nowMs()))).groups[by]))
  })
  app.notFound((c) => refuse(c, 404, 'NOT_FOUND', 'There is nothing here.'))
  app.onError((error, c) => {
    // Of the check where a form comes from.
    if (error instanceof HTTPException) return error.getResponse()
    if (error instanceof RangeError) return refuse(c, 400, 'INVALID_REQUEST', error.message)
    // Without the path: who looks need not know where files are.
    if (error instanceof LedgerError) return refuse(c, 503, error.code, ledgerProblems[error.code])
    onFailure?.(error)
    return refuse(c, 500, 'UNREADABLE', 'The ledger cannot be read just now.')
  })
  return app
}

const ledgerProblems = {
  missing: 'The ledger file is not there any more.',
  'not-a-ledger': 'The file is not a ledger.',
  'newer-schema': 'The ledger was written by a newer version.',
  'queue-full': 'The ledger takes no more.',
  closed: 'The ledger is closed.',
} as const

/** Throws `RangeError` for a range that there is not. */
function queryOf(c: Context, nowMs: number): OverviewQuery {
  const range = rangeOf(c.req.query('range') ?? '1h')
  if (range === undefined) throw new RangeError(`range must be one of ${rangeNames.join(', ')}.`)
  const filter: CallFilter = {}
  for (const label of callLabels) {
    const value = c.req.query(label)
    if (value !== undefined && value !== '') filter[label] = value
  }
  return { range, filter, nowMs }
}

function show(
  c: Context,
  { html, contentSecurityPolicy }: BuiltPage,
  status: 200 | 401 | 429 = 200,
): Response {
  c.header('content-security-policy', contentSecurityPolicy)
  return c.html(html, status) as Response // Nothing in it is awaited.
}

function csv(c: Context, body: string | ReadableStream<Uint8Array>): Response {
  const name = c.req.path.split('/').at(-1)
  return c.body(body, 200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name}"`,
  })
}

function refuse(
  c: Context,
  status: 400 | 401 | 403 | 404 | 500 | 503,
  code: string,
  message: string,
): Response {
  return c.json({ error: { code, message } }, status)
}
