import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Heap that stays in use while the result of `run` is held, in MB; undefined when it has none. What came before is collected first. */
export async function heldAfterStream(run: () => Promise<unknown>): Promise<number | undefined> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void // V8's own, by the flag above.
  // Once before: what is kept for good (compiled code, connections) is no part of it.
  await run()
  collect()
  const before = process.memoryUsage().heapUsed
  const held = await run()
  collect()
  const mb = (process.memoryUsage().heapUsed - before) / 1e6
  // Used after the measurement, so that it is not collected before.
  return held === undefined ? undefined : Math.max(0, mb)
}
