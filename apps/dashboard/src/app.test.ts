import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { readUsage } from '@plumbline/core/ledger'
import type { Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { makeCall, someCalls, write } from './__fixtures__/calls.ts'
import { createDashboard } from './app.ts'
import { signInPage } from './build-page.ts'
import { createOverviewReader } from './read-overview.ts'
import { createSessions } from './sessions.ts'

const key = 'the-dashboard-key'
const page = { html: '<p>the page</p>', contentSecurityPolicy: "default-src 'none'" }
let folder: string
let path: string
let nowMs: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-dashboard-'))
  path = join(folder, 'calls.ledger')
  nowMs = Date.now()
})
afterEach(() => rmSync(folder, { recursive: true }))

function dashboard({ isOpen = true, clockMs = (): number => 0 } = {}): Hono {
  return createDashboard({
    ledgerPath: path,
    page,
    readOverview: createOverviewReader(path),
    readHealth: async () => ({ state: 'none' }),
    sessions: isOpen ? undefined : createSessions(createHash('sha256').update(key).digest('hex'), clockMs),
    nowMs: () => nowMs,
  })
}

const get = (app: Hono, target: string, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(app.request(`http://127.0.0.1:9465${target}`, { headers }))

function signIn(app: Hono, tried: string, headers: Record<string, string> = {}): Promise<Response> {
  const body = new URLSearchParams({ key: tried })
  const sent = { origin: 'http://127.0.0.1:9465', ...headers }
  return Promise.resolve(
    app.request('http://127.0.0.1:9465/sign-in', { method: 'POST', body, headers: sent }),
  )
}

describe('behind a key', () => {
  test('nobody sees a figure without it, in the page, the answers and the exports', async () => {
    await write(path, someCalls(nowMs))
    const app = dashboard({ isOpen: false })
    for (const target of [
      '/api/overview',
      '/api/health',
      '/export/calls.csv',
      '/export/table.csv',
      '/other',
    ]) {
      for (const headers of [
        {},
        { authorization: 'Bearer wrong' },
        { cookie: 'plumbline_dashboard=wrong' },
      ]) {
        const response = await get(app, target, headers)
        expect([target, response.status]).toEqual([target, 401])
        expect(await response.text()).not.toContain('gpt-4o')
      }
    }
    expect((await get(app, `/?key=${key}`)).headers.get('location')).toBe('sign-in')
    expect((await get(app, '/livez')).status).toBe(200)
  })

  test('the form opens a session in a cookie that scripts and other sites do not get, and closes it', async () => {
    await write(path, someCalls(nowMs))
    const app = dashboard({ isOpen: false })
    const signedIn = await signIn(app, key)
    expect([signedIn.status, signedIn.headers.get('location')]).toEqual([303, './'])
    const set = signedIn.headers.get('set-cookie') ?? ''
    expect(set).toMatch(/^plumbline_dashboard=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)
    const cookie = set.split(';')[0] ?? ''
    expect(await (await get(app, '/', { cookie })).text()).toBe(page.html)
    expect((await get(app, '/api/overview', { cookie })).status).toBe(200)
    await app.request('http://127.0.0.1:9465/sign-out', {
      method: 'POST',
      headers: { cookie, origin: 'http://127.0.0.1:9465' },
    })
    expect((await get(app, '/api/overview', { cookie })).status).toBe(401)
    const overTls = await signIn(app, key, { 'x-forwarded-proto': 'https' })
    expect(overTls.headers.get('set-cookie')).toContain('Secure')
  })

  test('a script sends the key as a bearer token; the answer is not kept by anybody', async () => {
    await write(path, someCalls(nowMs))
    const response = await get(dashboard({ isOpen: false }), '/api/overview', {
      authorization: `Bearer ${key}`,
    })
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
  })

  test('a session ends after twelve hours; thirty wrong keys close the door for the minute', async () => {
    await write(path, [])
    let clockMs = 0
    const app = dashboard({ isOpen: false, clockMs: () => clockMs })
    const cookie = (await signIn(app, key)).headers.get('set-cookie')?.split(';')[0] ?? ''
    clockMs = 12 * 3_600_000 - 1
    expect((await get(app, '/api/health', { cookie })).status).toBe(200)
    clockMs++
    expect((await get(app, '/api/health', { cookie })).status).toBe(401)
    for (let tries = 0; tries < 30; tries++) expect((await signIn(app, 'wrong')).status).toBe(401)
    expect((await signIn(app, key)).status).toBe(429)
    clockMs += 60_000
    expect((await signIn(app, key)).status).toBe(303)
  })

  test('a form on another site signs nobody in', async () => {
    const response = await signIn(dashboard({ isOpen: false }), key, { origin: 'https://evil.example' })
    expect([response.status, response.headers.get('set-cookie')]).toEqual([403, null])
  })
})

test('without a key it answers to loopback names only: another name that points here is refused', async () => {
  await write(path, someCalls(nowMs))
  const app = dashboard()
  for (const [host, status] of [
    ['127.0.0.1', 200],
    ['localhost', 200],
    ['[::1]', 200],
    ['evil.example', 403],
  ] as const) {
    expect([host, (await app.request(`http://${host}:9465/api/overview`)).status]).toEqual([host, status])
  }
})

test('pages bring a policy: no script but their own, no frame, nothing from elsewhere', async () => {
  const { contentSecurityPolicy } = signInPage()
  expect(contentSecurityPolicy).toContain("default-src 'none'; style-src 'sha256-")
  expect(contentSecurityPolicy).toContain("frame-ancestors 'none'")
  expect(contentSecurityPolicy).not.toContain('unsafe')
  const { headers } = await get(dashboard(), '/')
  expect(headers.get('content-security-policy')).toBe(page.contentSecurityPolicy)
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

describe('exports', () => {
  test('calls as CSV are the records of the range that pass the filters, however many', async () => {
    const old = makeCall({ timestamp: nowMs - 3_600_001 })
    const many = Array.from({ length: 2_500 }, () =>
      makeCall({ timestamp: nowMs - 5, tenant: '=HYPERLINK("x")' }),
    )
    const later = makeCall({ timestamp: nowMs + 1, tenant: 'other' })
    await write(path, [old, ...many, makeCall({ timestamp: nowMs, tenant: 'other' }), later])
    const app = dashboard()
    const response = await get(app, '/export/calls.csv?range=1h&model=gpt-4o')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="calls.csv"')
    const lines = (await response.text()).trimEnd().split('\r\n')
    expect(lines.length).toBe(1 + 2_501)
    expect(lines[1]).toContain(`"'=HYPERLINK(""x"")"`)
    expect(new Set(lines).size).toBe(lines.length)
    const narrowed = await (await get(app, '/export/calls.csv?range=1h&tenant=other')).text()
    expect(narrowed.trimEnd().split('\r\n').length).toBe(2)
  })

  test('the table as CSV is what usage says, by every label', async () => {
    await write(path, someCalls(nowMs))
    const text = await (await get(dashboard(), '/export/table.csv?range=1h&by=tenant')).text()
    const [heading = '', ...rows] = text.trimEnd().split('\r\n')
    const names = heading.split(',')
    const { groups } = readUsage({ path, sinceMs: nowMs - 3_600_000, by: 'tenant' })
    expect(rows.map((row) => row.split(',')[0])).toEqual(groups.map(({ value }) => value))
    const costs = rows.map((row) => Number(row.split(',')[names.indexOf('costNanoUsd')]))
    expect(costs).toEqual(groups.map(({ costNanoUsd }) => costNanoUsd))
    const series = await (await get(dashboard(), '/export/series.csv?range=1h')).text()
    expect(series.split('\r\n').length).toBe(1 + 61 + 1)
  })
})

test('what cannot be answered says why, and no path', async () => {
  const app = dashboard()
  const missing = await get(app, '/api/overview')
  expect([missing.status, await missing.json()]).toEqual([
    503,
    { error: { code: 'missing', message: 'The ledger file is not there any more.' } },
  ])
  await write(path, [])
  const wrong = await get(app, '/api/overview?range=2h')
  expect([wrong.status, await wrong.json()]).toMatchObject([
    400,
    { error: { message: 'range must be one of 15m, 1h, 24h, 7d.' } },
  ])
})
