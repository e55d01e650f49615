/**
 * `ledger-writer-program.ts PATH FIRST`: writes calls from number FIRST on to a ledger until it is killed, and prints the number
 * after the last acknowledged one with each acknowledgement.
 */
import { writeSync } from 'node:fs'

import { openLedger } from '@plumbline/core/ledger'

import { ledgerCall } from './ledger-call.ts'

const [path = '', first = '0'] = process.argv.slice(2)
const ledger = openLedger({ path })
for (let next = Number(first); ;) {
  for (const end = next + 150; next < end; next++) ledger.record(ledgerCall(next))
  await ledger.flush()
  writeSync(1, `${next}\n`)
}
