import { setTimeout as sleep } from 'node:timers/promises'

import { startFaultServer, type Entrant, type EntrantPipeline } from '@plumbline/conformance'
import { PlumblineError } from '@plumbline/core'
import type { FaultRow, Faults } from '@plumbline/report'

import { loadEntrant, type KnownEntrant } from '../entrants.ts'
import { faults, good, type Fault } from './scripts.ts'

export interface FaultsOptions {
  entrants: readonly KnownEntrant[]
  onProgress?: (what: string) => void
}

const limitMs = 12_000
/** What the caller gives a call, whoever makes it: shorter than the limit, so that only a call that ignores it hangs. */
const deadlineMs = 8_000

const request = {
  model: 'gpt-4o-mini',
  temperature: 0,
  messages: [{ role: 'user' as const, content: 'Say four words.' }],
}

/** Between two calls, so that the start of all does not delay each. */
const gapMs = 30

interface Subject extends Pick<FaultRow, 'retries'> {
  entrant: Entrant
}

/** Puts every entrant before every fault, a call soon after the other, since most of it is waiting. */
export async function measureFaults({ entrants, onProgress }: FaultsOptions): Promise<Faults> {
  const subjects: Subject[] = []
  for (const known of entrants) {
    const entrant = await loadEntrant(known)
    // The first call of all loads what is loaded on first use.
    await meet({ entrant, retries: 'defaults' }, good)
    subjects.push({ entrant, retries: 'defaults' })
    // Our builds have two retries as their default.
    if (known.heldTo !== 'contract') subjects.push({ entrant, retries: '2 retries' })
  }
  const rows: Promise<FaultRow>[] = []
  for (const fault of faults) {
    for (const subject of subjects) {
      rows.push(meet(subject, fault))
      await sleep(gapMs)
    }
  }
  onProgress?.(`${rows.length} calls under way, up to ${limitMs / 1000} s`)
  return {
    limitMs,
    deadlineMs,
    faults: faults.map(({ id, what, stream }) => ({ id, what, stream })),
    rows: await Promise.all(rows),
  }
}

async function meet({ entrant, retries }: Subject, fault: Fault): Promise<FaultRow> {
  const server = await startFaultServer(fault.answer)
  const subject = entrant.create({
    provider: { baseUrl: server.baseUrl, apiKey: 'faults' },
    guardrails: false,
    responseCache: false,
    embeddingCache: false,
    deadlineMs,
    ...(retries === '2 retries' && { retry: { maxRetries: 2 } }),
  })
  const beganMs = performance.now()
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<Ending>((resolve) => {
    timer = setTimeout(() => resolve({ outcome: 'hangs' }), limitMs)
  })
  const ending = await Promise.race([
    endingOf(subject, { stream: fault.stream, hasTypes: entrant.offers.includes('typed-errors') }),
    limit,
  ])
  const elapsedMs = performance.now() - beganMs
  clearTimeout(timer)
  const attempts = server.journal.length
  await server.close()
  await subject.close?.()
  return {
    fault: fault.id,
    entrant: entrant.name,
    version: entrant.version,
    retries,
    attempts,
    elapsedMs,
    ...ending,
  }
}

interface Asked {
  stream: boolean
  /** It offers errors of its own with the contract's types. */
  hasTypes: boolean
}

type Ending = Pick<FaultRow, 'outcome' | 'errorName' | 'errorCode' | 'hasCallerFrame'>

async function endingOf(subject: EntrantPipeline, { stream, hasTypes }: Asked): Promise<Ending> {
  try {
    await callFromHere(subject, stream)
    return { outcome: 'success' }
  } catch (thrown) {
    // What an adapter made of a library's error is the adapter's: the library's own is its cause.
    const isTranslated = !hasTypes && PlumblineError.isInstance(thrown) && thrown.cause instanceof Error
    const error: unknown = isTranslated ? thrown.cause : thrown
    if (!(error instanceof Error)) return { outcome: 'error' }
    // The SDK's errors keep the name of Error.
    const errorName = error.name === 'Error' ? error.constructor.name : error.name
    return {
      outcome: 'error',
      errorName,
      ...('code' in error && typeof error.code === 'string' && { errorCode: error.code }),
      hasCallerFrame: error.stack?.includes('callFromHere') ?? false,
    }
  }
}

/** The caller whose frame is looked for. */
async function callFromHere(subject: EntrantPipeline, stream: boolean): Promise<void> {
  if (!stream) {
    await subject.chat?.(request)
    return
  }
  for await (const _ of subject.stream?.(request) ?? []);
}
