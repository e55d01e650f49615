import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'

import type { LLMCallMetrics } from '@plumbline/core'
import { openLedger, readCalls, readUsage } from '@plumbline/core/ledger'

import { defineClause } from '../clause.ts'
import { ledgerCall } from '../servers/ledger-call.ts'

/** Runs with the path of a ledger in a folder of its own. */
async function withLedgerFile(run: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-ledger-'))
  try {
    await run(join(folder, 'calls.ledger'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function callsIn(path: string): LLMCallMetrics[] {
  const calls: LLMCallMetrics[] = []
  readCalls({ path }, (call) => calls.push(call))
  return calls
}

function integrityOf(path: string): unknown {
  const database = new DatabaseSync(path)
  try {
    return database.prepare('PRAGMA integrity_check').get()?.['integrity_check']
  } finally {
    database.close()
  }
}

/** As this file is read: from source in this repository, built elsewhere. */
const isSource = import.meta.url.endsWith('.ts')
const writerProgram = fileURLToPath(
  new URL(`../servers/ledger-writer-program.${isSource ? 'ts' : 'js'}`, import.meta.url),
)

/** Writes to a ledger in a process of its own, killed after so many acknowledged batches. Resolves with how many calls were acknowledged. */
async function writeUntilKilled(path: string, first: number, acknowledgements: number): Promise<number> {
  const flags = isSource ? ['--conditions=@plumbline/source'] : []
  const child = spawn(process.execPath, [...flags, writerProgram, path, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  let acknowledged = 0
  let seen = 0
  createInterface({ input: child.stdout }).on('line', (line) => {
    // What was said before the kill counts, although it is read after it.
    acknowledged = Number(line)
    if (++seen === acknowledgements) child.kill('SIGKILL')
  })
  await closed
  return acknowledged
}

export const MET21 = defineClause({
  id: 'MET-21',
  sentence:
    'Records persist to SQLite when a path is given: a process killed at any moment loses no acknowledged batch and reads back after restart.',
  origin: 'user expectation',
  kind: 'part',
  needs: [],
  scenarios: [
    {
      name: 'what a flush has acknowledged is in the file, as it was, while the ledger is open and after it is opened again',
      case: 'ordinary',
      run: ({ check }) =>
        withLedgerFile(async (path) => {
          const calls = Array.from({ length: 250 }, (_, i) => ledgerCall(i))
          const ledger = openLedger({ path })
          for (const call of calls) ledger.record(call)
          await ledger.flush()
          check.deepEqual(callsIn(path), calls, 'while it is open')
          await ledger.close()
          const again = openLedger({ path })
          again.record(ledgerCall(250))
          await again.close()
          check.deepEqual(callsIn(path), [...calls, ledgerCall(250)], 'after a restart')
          const { total } = readUsage({ path })
          const cost = callsIn(path).reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)
          check.deepEqual([total.totalCalls, total.costNanoUsd], [251, cost], 'summed up')
        }),
    },
    {
      name: 'a full queue refuses at once what it cannot take, and keeps what it took',
      case: 'boundary',
      run: ({ check }) =>
        withLedgerFile(async (path) => {
          const ledger = openLedger({ path, maxQueuedRecords: 10 })
          const refused = Array.from({ length: 15 }, (_, i) => i).filter((i) => {
            try {
              ledger.record(ledgerCall(i))
              return false
            } catch {
              return true
            }
          })
          check.deepEqual(refused, [10, 11, 12, 13, 14], 'refused')
          await ledger.close()
          check.equal(callsIn(path).length, 10, 'kept')
        }),
    },
    {
      name: 'while another process holds the file no call waits, and nothing is lost once it lets go',
      case: 'boundary',
      run: ({ check }) =>
        withLedgerFile(async (path) => {
          const ledger = openLedger({ path })
          const other = new DatabaseSync(path)
          other.exec('BEGIN IMMEDIATE')
          ledger.record(ledgerCall(0))
          const startMs = performance.now()
          const rejected = await ledger.flush().then(
            () => false,
            () => true,
          )
          check.equal(rejected, true, 'a flush that kept nothing says so')
          check.between(performance.now() - startMs, 0, 1000, 'how long the process stood still, in ms')
          other.exec('COMMIT')
          other.close()
          await ledger.close()
          check.equal(callsIn(path).length, 1, 'kept')
        }),
    },
    {
      name: 'a process that ends while another one writes waits for it, and loses nothing',
      case: 'nasty',
      run: ({ check }) =>
        withLedgerFile(async (path) => {
          const ledger = openLedger({ path })
          const other = new DatabaseSync(path)
          other.exec('BEGIN IMMEDIATE')
          for (let i = 0; i < 150; i++) ledger.record(ledgerCall(i))
          const closed = ledger.close()
          await new Promise((resolve) => setTimeout(resolve, 50))
          other.exec('COMMIT')
          other.close()
          await closed
          check.equal(callsIn(path).length, 150, 'kept')
        }),
    },
    {
      name: 'a process killed while it writes, 20 times over: every acknowledged call is there, none twice, and the file is sound',
      case: 'nasty',
      limitMs: 300_000,
      run: ({ check }) =>
        withLedgerFile(async (path) => {
          let next = 0
          const acknowledged: number[] = []
          for (let round = 0; round < 20; round++) {
            const upTo = await writeUntilKilled(path, next, 1 + (round % 7))
            check.ok(upTo > next, `round ${round}: something was acknowledged`)
            for (let i = next; i < upTo; i++) acknowledged.push(i)
            const kept = new Set(callsIn(path).map(({ id }) => id))
            check.deepEqual(
              acknowledged.filter((i) => !kept.has(ledgerCall(i).id)),
              [],
              `round ${round}: acknowledged and lost`,
            )
            check.equal(integrityOf(path), 'ok', `round ${round}: integrity_check`)
            // Beyond what was acknowledged some may have been kept: the next process starts after all of them.
            next = Math.max(...[...kept].map((id) => Number(id.slice('call-'.length)))) + 1
          }
          const calls = callsIn(path)
          check.equal(new Set(calls.map(({ id }) => id)).size, calls.length, 'none is there twice')
          for (const call of calls) check.deepEqual(call, ledgerCall(Number(call.id.slice('call-'.length))))
        }),
    },
  ],
})
