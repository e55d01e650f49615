/** How many requests are worked on, and how many may wait for it. */
export interface AdmissionOptions {
  /** Requests worked on at once. */
  maxInFlight: number
  /** Requests that wait; one more is turned away at once. */
  maxQueued: number
}

/** The door: lets in what there is room for, in the order of arrival. */
export interface Admission {
  /** Resolves with the way out, to be called once; undefined when there is no room, or the caller has left. */
  enter(signal: AbortSignal): Promise<(() => void) | undefined>
  readonly inFlight: number
  readonly queued: number
}

export function createAdmission({ maxInFlight, maxQueued }: AdmissionOptions): Admission {
  let inFlight = 0
  // A set keeps the order of arrival, and lets those go who leave in the middle.
  const waiting = new Set<() => void>()

  function leave(): void {
    const [next] = waiting
    if (next === undefined) {
      inFlight--
      return
    }
    // The place goes on to the next one.
    waiting.delete(next)
    next()
  }

  return {
    get inFlight() {
      return inFlight
    },
    get queued() {
      return waiting.size
    },
    enter(signal) {
      if (inFlight < maxInFlight) {
        inFlight++
        return Promise.resolve(once(leave))
      }
      if (waiting.size >= maxQueued || signal.aborted) return Promise.resolve(undefined)
      return new Promise((resolve) => {
        const enter = (): void => {
          signal.removeEventListener('abort', giveUp)
          resolve(once(leave))
        }
        const giveUp = (): void => {
          waiting.delete(enter)
          resolve(undefined)
        }
        waiting.add(enter)
        signal.addEventListener('abort', giveUp, { once: true })
      })
    },
  }
}

function once(run: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    run()
  }
}
