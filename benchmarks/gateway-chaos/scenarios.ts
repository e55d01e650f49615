import { once } from 'node:events'
import { get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { startRedisServer, type RedisServer } from '@plumbline/conformance'

import { quantile } from '../src/method/nearest-rank.ts'
import { makeCall, type CallEnding } from './caller.ts'
import { keyOf, setStage, tenants, type Stage } from './stage.ts'

/** What a scenario found: sentences about what did not hold, and figures to show. */
export interface Finding {
  violations: string[]
  figures: string
}

/** What is done to a gateway with this build. */
export type Scenario = (build: string, size: Size) => Promise<Finding>

export interface Size {
  /** Calls of a scenario under load. */
  calls: number
  /** Streams that are open at once. */
  streams: number
}

export const scenarios: Record<string, Scenario> = {
  'kill-redis': (build, size) =>
    breakRedis(
      build,
      size,
      (redis) => redis.kill(),
      (redis) => redis.restart(),
    ),
  'freeze-redis': (build, size) =>
    breakRedis(
      build,
      size,
      async (redis) => redis.freeze(),
      async (redis) => redis.thaw(),
    ),
  'kill-provider': killProvider,
  overload,
  'many-streams': manyStreams,
  'large-prompts': largePrompts,
  'slow-clients': slowClients,
  'slow-readers': slowReaders,
  sigterm,
}

/** Calls of both tenants, some of them the same, from 16 callers; `at` runs when a third of them has been made, `after` at two thirds. */
async function loadWith(
  stage: Stage,
  calls: number,
  at: () => Promise<void>,
  after: () => Promise<void>,
): Promise<CallEnding[]> {
  const endings: CallEnding[] = []
  let next = 0
  const callOn = async (): Promise<void> => {
    while (next < calls) {
      const number = next++
      if (number === Math.floor(calls / 3)) await at()
      if (number === Math.floor((calls * 2) / 3)) await after()
      const tenant = tenants[Math.floor(number / 2) % 2] ?? 'acme'
      // Every other one is new, so that a cache alone does not get through.
      const question = `question ${number % 2 === 0 ? number : number % 40}`
      endings.push(
        await makeCall(stage, question, {
          tenant,
          temperature: 0,
          stream: number % 5 === 0,
        }),
      )
    }
  }
  await Promise.all(Array.from({ length: 16 }, callOn))
  return endings
}

async function breakRedis(
  build: string,
  { calls }: Size,
  at: (redis: RedisServer) => Promise<void>,
  after: (redis: RedisServer) => Promise<void>,
): Promise<Finding> {
  const redis = await startRedisServer()
  const stage = await setStage(build, { REDIS_URL: redis.url })
  try {
    const endings = await loadWith(
      stage,
      calls,
      () => at(redis),
      () => after(redis),
    )
    const violations = [...judgeAll(endings), ...(await endAndCount(stage, endings))]
    const failed = endings.filter(({ isRight }) => !isRight)
    if (failed.length > 0) violations.push(`${failed.length} calls were not answered: ${countCodes(failed)}.`)
    return { violations, figures: describe(endings) }
  } finally {
    await stage.stop()
    await redis.stop()
  }
}

async function killProvider(build: string, { calls }: Size): Promise<Finding> {
  const stage = await setStage(build)
  try {
    const endings = await loadWith(
      stage,
      calls,
      async () => {
        stage.provider.kill('SIGKILL')
        await once(stage.provider, 'exit')
      },
      () => stage.restartProvider(),
    )
    // Its breaker lets it recover by itself.
    let recovered: CallEnding | undefined
    for (let tried = 0; tried < 60 && !recovered?.isRight; tried++) {
      await sleep(1_000)
      recovered = await makeCall(stage, `afterwards ${tried}`)
      endings.push(recovered)
    }
    const violations = [...judgeAll(endings), ...(await endAndCount(stage, endings))]
    if (!recovered?.isRight) violations.push('It did not recover within a minute.')
    return { violations, figures: describe(endings) }
  } finally {
    await stage.stop()
  }
}

/** Twenty places, twenty more to wait, calls of half a second: forty a second are what it can do; three times as many come. */
async function overload(build: string, { calls }: Size): Promise<Finding> {
  const stage = await setStage(build, { PLUMBLINE_MAX_IN_FLIGHT: '20', PLUMBLINE_MAX_QUEUED: '20' })
  try {
    for (let warm = 0; warm < 100; warm += 10)
      await Promise.all(Array.from({ length: 10 }, (_, one) => makeCall(stage, `warm ${warm + one}`)))
    const perSecond = 120
    const began = performance.now()
    const waiting: Promise<CallEnding>[] = []
    const control = watchIdleServer(stage.providerPort)
    for (let number = 0; number < calls; number++) {
      const early = began + (number * 1000) / perSecond - performance.now()
      if (early > 0) await sleep(early)
      waiting.push(makeCall(stage, `slow-500 ${number}`, { tenant: tenants[number % 2] ?? 'acme' }))
    }
    const endings = await Promise.all(waiting)
    const elapsedSeconds = (performance.now() - began) / 1000
    const idleP95Ms = quantile(await control.stop(), 0.95)
    const refused = endings.filter(({ status }) => status === 503)
    const right = endings.filter(({ isRight }) => isRight)
    const refusedP95Ms = quantile(
      refused.map(({ elapsedMs }) => elapsedMs),
      0.95,
    )
    const goodput = right.length / elapsedSeconds
    const violations = [...judgeAll(endings), ...(await endAndCount(stage, endings))]
    if (refused.length === 0) violations.push('Nobody was turned away.')
    if (refused.some(({ retryAfter }) => retryAfter === undefined))
      violations.push('A 503 had no Retry-After.')
    if (refusedP95Ms > 50)
      violations.push(
        `A 503 took ${refusedP95Ms.toFixed(0)} ms (p95), where a server with nothing to do took ${idleP95Ms.toFixed(0)} ms.`,
      )
    // Of forty a second; the first and the last half second are not full.
    if (goodput < 40 * 0.8) violations.push(`Only ${goodput.toFixed(1)} calls a second were answered.`)
    return {
      violations,
      figures: `${describe(endings)}; 503 after ${quantile(
        refused.map(({ elapsedMs }) => elapsedMs),
        0.5,
      ).toFixed(
        0,
      )} ms (p50), ${refusedP95Ms.toFixed(0)} ms (p95), a server with nothing to do ${idleP95Ms.toFixed(0)} ms (p95); ${goodput.toFixed(1)} answers a second of 40`,
    }
  } finally {
    await stage.stop()
  }
}

/** What this machine lets a server with nothing to do take for an answer, in ms, ten times a second. */
function watchIdleServer(port: number): { stop(): Promise<number[]> } {
  const asked: Promise<number>[] = []
  const timer = setInterval(() => {
    const began = performance.now()
    const answered = new Promise<void>((resolve) => {
      const outgoing = get({ port, host: '127.0.0.1', agent: false }, (answer) =>
        answer.resume().on('close', resolve),
      )
      outgoing.on('error', () => resolve())
    })
    asked.push(answered.then(() => performance.now() - began))
  }, 100)
  return {
    stop() {
      clearInterval(timer)
      return Promise.all(asked)
    },
  }
}

/** How long opening the streams may take, in ms: a gateway on one of two busy cores needs a minute and a half for 10,000. */
const openingMs = 240_000
/** At once on their way to their first byte. */
const openingAtOnce = 100
/** Descriptors that the gateway needs for itself. */
const spareDescriptors = 300

/**
 * Opens streams until there are as many as asked for, then lets all of them end. A stream takes a descriptor to its caller and one to the
 * provider: where the limit of the process is too low for that, the last ones ask what the first ones have asked, and share theirs.
 */
async function manyStreams(build: string, { streams }: Size): Promise<Finding> {
  const distinct = Math.min(streams, descriptorLimit() - spareDescriptors - streams)
  if (distinct < streams / 2)
    return {
      violations: [`With ${descriptorLimit()} descriptors, ${streams} streams cannot be open.`],
      figures: 'not run',
    }
  const stage = await setStage(build, {
    PLUMBLINE_MAX_IN_FLIGHT: String(streams + 100),
    PLUMBLINE_DEADLINE_MS: String(2 * openingMs),
  })
  try {
    let open = 0
    const waiting: Promise<CallEnding>[] = []
    const until = performance.now() + openingMs
    for (let number = 0; number < streams && performance.now() < until; number++) {
      const question = number % distinct
      waiting.push(
        makeCall(stage, `held ${question}`, {
          stream: true,
          // What is deterministic may be shared.
          temperature: 0,
          tenant: tenants[question % 2] ?? 'acme',
          onFirstByte: () => open++,
        }),
      )
      while (waiting.length - open > openingAtOnce && performance.now() < until) await sleep(2)
    }
    for (let waited = 0; waited < 10_000 && open < waiting.length; waited += 50) await sleep(50)
    const most = open
    // One more caller is served while all of them are open.
    const meanwhile = await makeCall(stage, 'meanwhile')
    stage.provider.send('release')
    const endings = [...(await Promise.all(waiting)), meanwhile]
    const violations = [...judgeAll(endings), ...(await endAndCount(stage, endings))]
    const failed = endings.filter(({ isRight }) => !isRight)
    if (failed.length > 0) violations.push(`${failed.length} streams were not whole: ${countCodes(failed)}.`)
    if (most < streams) violations.push(`Only ${most} of ${streams} streams were open at once.`)
    const shared = distinct < streams ? `, on ${distinct} to the provider` : ''
    return {
      violations,
      figures: `${most} streams open at once of ${streams} asked for${shared}; another call meanwhile took ${(meanwhile.elapsedMs / 1000).toFixed(1)} s; ${describe(endings)}`,
    }
  } finally {
    await stage.stop()
  }
}

/** What this process, and so the gateway, may have open. */
function descriptorLimit(): number {
  // Of Node's report, whose type is `object`: https://nodejs.org/docs/latest-v24.x/api/report.html
  const { userLimits } = process.report.getReport() as {
    userLimits?: { open_files?: { soft: number | string } }
  }
  return Number(userLimits?.open_files?.soft) || Number.POSITIVE_INFINITY
}

async function largePrompts(build: string): Promise<Finding> {
  const stage = await setStage(build)
  try {
    const endings: CallEnding[] = []
    for (let turn = 0; turn < 5; turn++) {
      const texts = tenants.flatMap((tenant) =>
        [0, 1].map((one) => ({
          tenant,
          text: `${tenant} ${turn} ${one} ${parcels(turn)}`,
        })),
      )
      endings.push(...(await Promise.all(texts.map(({ tenant, text }) => makeCall(stage, text, { tenant })))))
    }
    const violations = judgeAll(endings)
    // The default policy refuses a text of over 100,000 characters (length.input): either is an answer, a failure is none.
    const failed = endings.filter(({ isRight, code }) => !isRight && code !== 'GUARDRAIL_BLOCKED')
    if (failed.length > 0) violations.push(`${failed.length} failed: ${countCodes(failed)}.`)
    endings.push(await makeCall(stage, 'afterwards'))
    if (!endings.at(-1)?.isRight) violations.push('It does not answer afterwards.')
    violations.push(...(await endAndCount(stage, endings)))
    return { violations, figures: describe(endings) }
  } finally {
    await stage.stop()
  }
}

/** A megabyte of sentences, of which no two are alike: a text that repeats itself is blocked as a flood. */
function parcels(turn: number): string {
  const lines = Array.from(
    { length: 20_000 },
    (_, line) => `Parcel ${turn * 20_000 + line} left depot ${(line * 7919) % 9973} on time.`,
  )
  return lines.join('\n')
}

/** Fifty who send their headers byte by byte, fifty their body; others are served meanwhile, and the hundred are dropped. */
async function slowClients(build: string): Promise<Finding> {
  const stage = await setStage(build)
  const { hostname, port } = new URL(stage.gatewayUrl)
  const sockets: Socket[] = []
  try {
    const closed = (): number => sockets.filter((socket) => socket.closed).length
    const began = performance.now()
    let lastClosedMs = 0
    for (let number = 0; number < 100; number++) {
      const socket = connect(Number(port), hostname)
      socket.on('error', () => {})
      socket.resume()
      socket.on('close', () => {
        lastClosedMs = performance.now() - began
      })
      socket.write('POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n')
      if (number % 2 === 0) {
        socket.write(
          `authorization: Bearer ${keyOf('acme')}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n`,
        )
      }
      sockets.push(socket)
    }
    const drip = setInterval(() => sockets.forEach((socket) => socket.writable && socket.write('a')), 1_000)
    const endings: CallEnding[] = []
    while (closed() < 100 && performance.now() - began < 50_000) {
      endings.push(await makeCall(stage, `meanwhile ${endings.length}`))
      await sleep(200)
    }
    clearInterval(drip)
    const violations = [...judgeAll(endings), ...(await endAndCount(stage, endings))]
    if (closed() < 100) violations.push(`${100 - closed()} slow clients were still connected after 50 s.`)
    if (endings.some(({ isRight }) => !isRight)) violations.push('Others were not served meanwhile.')
    return {
      violations,
      figures: `${closed()} of 100 dropped, the last after ${(lastClosedMs / 1000).toFixed(0)} s; ${describe(endings)}`,
    }
  } finally {
    for (const socket of sockets) socket.destroy()
    await stage.stop()
  }
}

/** Five who ask for an endless stream and do not read it. */
async function slowReaders(build: string): Promise<Finding> {
  const stage = await setStage(build, {
    PLUMBLINE_SLOW_CLIENT_MS: '2000',
    PLUMBLINE_MAX_IN_FLIGHT: '5',
    PLUMBLINE_MAX_QUEUED: '0',
  })
  const { hostname, port } = new URL(stage.gatewayUrl)
  const body = JSON.stringify({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'endless' }],
    stream: true,
  })
  const sockets: Socket[] = []
  try {
    for (let number = 0; number < 5; number++) {
      const socket = connect(Number(port), hostname)
      socket.on('error', () => {})
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keyOf('acme')}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      )
      socket.once('readable', () => socket.pause())
      sockets.push(socket)
    }
    await sleep(1_000)
    // All places are theirs, until they are dropped.
    const began = performance.now()
    const endings = [await makeCall(stage, 'afterwards')]
    const isRefused = endings[0]?.status === 503
    while (!endings.at(-1)?.isRight && performance.now() - began < 30_000) {
      await sleep(250)
      endings.push(await makeCall(stage, 'afterwards'))
    }
    const elapsedSeconds = (performance.now() - began) / 1000 + 1
    const violations = [...judgeAll(endings), ...(await endAndCount(stage, endings))]
    if (!isRefused) violations.push('They did not hold the places, so that nothing is shown.')
    if (!endings.at(-1)?.isRight) violations.push('Their places were not given to others within 30 s.')
    return {
      violations,
      figures: `places free again after ${elapsedSeconds.toFixed(1)} s`,
    }
  } finally {
    for (const socket of sockets) socket.destroy()
    await stage.stop()
  }
}

/** Told to stop while fifty calls are under way and others go on asking. */
async function sigterm(build: string): Promise<Finding> {
  const stage = await setStage(build)
  try {
    await makeCall(stage, 'first')
    const underWay = Array.from({ length: 50 }, (_, number) =>
      makeCall(stage, `slow-2000 ${number}`, {
        tenant: tenants[number % 2] ?? 'acme',
        stream: number % 2 === 0,
      }),
    )
    await sleep(1_000)
    const exited = once(stage.gateway, 'exit') as Promise<[number | null]>
    stage.gateway.kill('SIGTERM')
    await sleep(100)
    const late = await makeCall(stage, 'late')
    const endings = await Promise.all(underWay)
    const [code] = await exited
    const violations = [...judgeAll(endings), ...missing(stage, endings)]
    const failed = endings.filter(({ isRight }) => !isRight)
    if (failed.length > 0)
      violations.push(`${failed.length} calls under way were cut off: ${countCodes(failed)}.`)
    if (late.status !== 503 && late.status !== 0)
      violations.push(`A call after SIGTERM was answered with ${late.status}.`)
    if (code !== 0) violations.push(`It ended with ${code}.`)
    return { violations, figures: `exit code ${code}; ${describe(endings)}` }
  } finally {
    await stage.stop()
  }
}

/** What must hold of every ending, whatever happens. */
function judgeAll(endings: readonly CallEnding[]): string[] {
  const violations: string[] = []
  const wrong = endings.filter(({ isWrong }) => isWrong)
  if (wrong.length > 0) violations.push(`${wrong.length} answers were not what their caller asked for.`)
  const unanswered = endings.filter(({ status }) => status === 0)
  if (unanswered.length > 0) violations.push(`${unanswered.length} calls had no answer at all.`)
  const untyped = endings.filter(({ status, code }) => status !== 0 && status !== 200 && code === undefined)
  if (untyped.length > 0) violations.push(`${untyped.length} errors had no code.`)
  const owners = new Map<string, string>()
  for (const { serial, tenant } of endings) {
    if (serial === undefined) continue
    const owner = owners.get(serial)
    if (owner !== undefined && owner !== tenant)
      violations.push(`Answer ${serial} went to ${owner} and to ${tenant}.`)
    owners.set(serial, tenant)
  }
  return violations
}

/** The gateway must be up; then it is stopped, and every record that a caller was told of must be in the ledger. */
async function endAndCount(stage: Stage, endings: readonly CallEnding[]): Promise<string[]> {
  if (stage.gateway.exitCode !== null) return [`The gateway ended with ${stage.gateway.exitCode}.`]
  const exited = once(stage.gateway, 'exit') as Promise<[number | null]>
  stage.gateway.kill('SIGTERM')
  const [code] = await exited
  return [...(code === 0 ? [] : [`It ended with ${code}.`]), ...missing(stage, endings)]
}

function missing(stage: Stage, endings: readonly CallEnding[]): string[] {
  const ids = endings.flatMap(({ recordId }) => recordId ?? [])
  const recorded = stage.recorded()
  const lost = ids.filter((id) => !recorded.has(id))
  const untold = endings.filter(({ isRight, recordId }) => isRight && recordId === undefined)
  return [
    ...(lost.length > 0 ? [`${lost.length} of ${ids.length} records are not in the ledger.`] : []),
    ...(untold.length > 0 ? [`${untold.length} answers named no record.`] : []),
  ]
}

function countCodes(endings: readonly CallEnding[]): string {
  const counts = new Map<string, number>()
  for (const { status, code = 'no code' } of endings)
    counts.set(`${status} ${code}`, (counts.get(`${status} ${code}`) ?? 0) + 1)
  return [...counts].map(([name, count]) => `${count} x ${name}`).join(', ')
}

function describe(endings: readonly CallEnding[]): string {
  const right = endings.filter(({ isRight }) => isRight)
  const others = endings.filter(({ isRight }) => !isRight)
  const slowest = Math.max(0, ...endings.map(({ elapsedMs }) => elapsedMs))
  return `${right.length} right${others.length > 0 ? `, ${countCodes(others)}` : ''}, slowest ${(slowest / 1000).toFixed(1)} s`
}
