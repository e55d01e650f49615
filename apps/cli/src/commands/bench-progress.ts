/** How far a run of several parts is, and what is left of it. */
export interface BenchProgress {
  /** Begins the next part. Its name must be one of those that the run was opened with. */
  begin(name: string): void
  /** Says what the part is at. */
  say(what: string): void
  /** As `say`, with how much of the part is done. */
  advance(what: string, done: number, total: number): void
  /** Ends the run, and says how long each part took. */
  end(): void
}

/** One part of a run, and how long it took when that was last measured, in seconds. */
export interface BenchPart {
  name: string
  expectedSeconds: number
}

export interface BenchProgressOptions {
  parts: readonly BenchPart[]
  /** Takes one line, its end included. */
  write: (line: string) => void
  /** Monotonic, in ms. */
  nowMs: () => number
}

const barWidth = 20

/**
 * A line for each step, with a bar over the whole run and an estimate of what is left: the expected times of the parts, stretched by
 * what this machine has taken so far.
 */
export function createBenchProgress({ parts, write, nowMs }: BenchProgressOptions): BenchProgress {
  const totalSeconds = parts.reduce((sum, { expectedSeconds }) => sum + expectedSeconds, 0)
  const startMs = nowMs()
  const took: string[] = []
  let beforeSeconds = 0
  let current: (BenchPart & { beganMs: number; share: number }) | undefined

  function finish(): void {
    if (current === undefined) return
    beforeSeconds += current.expectedSeconds
    took.push(`${current.name} ${((nowMs() - current.beganMs) / 1000).toFixed(0)} s`)
    current = undefined
  }

  function show(what: string): void {
    if (current === undefined) return
    const elapsedSeconds = (nowMs() - startMs) / 1000
    const partSeconds = (nowMs() - current.beganMs) / 1000
    // A part that does not say how far it is, is taken to be as far as its time, and never done before it ends.
    const share = current.share || Math.min(0.9, partSeconds / current.expectedSeconds)
    const doneSeconds = beforeSeconds + current.expectedSeconds * share
    // At the beginning one slow second says nothing of the machine; and a part that had nothing to do says nothing of the others.
    const stretch = doneSeconds > totalSeconds / 20 ? Math.max(1, elapsedSeconds / doneSeconds) : 1
    const leftSeconds = (totalSeconds - doneSeconds) * stretch
    const filled = Math.min(barWidth, Math.floor((doneSeconds / totalSeconds) * barWidth))
    const bar = `${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}`
    write(`[${bar}] about ${leftSeconds.toFixed(0)} s left  ${current.name}  ${what}\n`)
  }

  return {
    begin(name) {
      finish()
      const part = parts.find((one) => one.name === name)
      if (part === undefined) throw new TypeError(`There is no part ${name} in this run.`)
      current = { ...part, beganMs: nowMs(), share: 0 }
      show('')
    },
    say: show,
    advance(what, done, total) {
      if (current !== undefined) current.share = done / total
      show(`${what}${what && '  '}${done}/${total}`)
    },
    end() {
      finish()
      write(`${took.join(', ')}; ${((nowMs() - startMs) / 1000).toFixed(0)} s in all\n`)
    },
  }
}
