/**
 * Records calls in one recorder, in a process of its own that runs with `--expose-gc`: arguments are the recorder, how many calls, over
 * how many ms they are spread, and the seed. Sends its parent what the heap grew by, and the CPU time of each record.
 */
import { createRecorder, recorderNames } from './recorders.ts'
import { labelledCalls } from './labelled-calls.ts'

const [wanted, records, spanMs, seed] = process.argv.slice(2)
const name = recorderNames.find((one) => one === wanted)
if (name === undefined || globalThis.gc === undefined) throw new Error('Started by `measureMillion` alone.')
const collect = globalThis.gc

/** Heap and the buffers outside of it, after everything that can go has gone. */
function usedBytes(): number {
  collect()
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const calls = labelledCalls(Number(seed))
const step = Number(spanMs) / Number(records)
const beganMs = Date.UTC(2026, 10, 24)
const before = usedBytes()
const record = createRecorder(name)
const cpu = process.cpuUsage()
for (let done = 0; done < Number(records); done++) {
  const call = calls[done % calls.length]
  if (call === undefined) continue
  call.timestamp = beganMs + done * step
  record(call)
}
const { user, system } = process.cpuUsage(cpu)
const growthMb = (usedBytes() - before) / 1e6
// Used after the measurement, so that it is not collected before.
record(calls[0] ?? fail())
process.send?.({ growthMb, cpuNsPerRecord: ((user + system) * 1000) / Number(records) })

function fail(): never {
  throw new Error('There are no calls.')
}
