/**
 * Measures all recorders side by side in a process of its own, so that its CPU time is theirs, garbage collection included. Arguments:
 * rounds, records of each in a round, seed. Sends its parent the samples in ns per record, row by row.
 */
import { interleave } from '../method/interleave.ts'
import { labelledCalls } from './labelled-calls.ts'
import { createRecorder, recorderNames, type Recorder } from './recorders.ts'

const [rounds, recordsPerRound, seed] = process.argv.slice(2).map(Number)
if (rounds === undefined || recordsPerRound === undefined || seed === undefined)
  throw new Error('Started by `measureRecording` alone.')
const perTurn = recordsPerRound / 2
const calls = labelledCalls(seed)
/** A million records a day. */
const stepMs = 86.4

function turnOf(record: Recorder): () => number {
  let told = 0
  let nowMs = Date.UTC(2026, 10, 24)
  return () => {
    const cpu = process.cpuUsage()
    for (const end = told + perTurn; told < end; told++) {
      const call = calls[told % calls.length]
      if (call === undefined) continue
      call.timestamp = nowMs += stepMs
      record(call)
    }
    const { user, system } = process.cpuUsage(cpu)
    return ((user + system) * 1000) / perTurn
  }
}

const samples = await interleave({
  turns: recorderNames.map((name) => turnOf(createRecorder(name))),
  rounds,
  // Every combination of labels has been seen once, and the code is compiled.
  warmUpRounds: Math.ceil((2 * calls.length) / recordsPerRound),
})
process.send?.(samples)
