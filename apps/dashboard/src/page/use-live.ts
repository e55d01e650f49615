import { useEffect, useRef, useState } from 'preact/hooks'

/** What was last heard, and what is wrong now. `value` stays when a later question fails. */
export interface Live<T> {
  value: T | undefined
  /** When `value` was heard, ms since the epoch. */
  heardMs: number | undefined
  problem: LiveProblem | undefined
}

/** `signed-out`: the key must be shown again; `unreachable`: no answer; `refused`: the service says what is wrong. */
export interface LiveProblem {
  kind: 'signed-out' | 'unreachable' | 'refused'
  message: string
}

/** An answer that takes longer is given up, in ms. */
const limitMs = 30_000

/**
 * Asks `url` at once and then every `everyMs`; while `isPaused` or the page is out of sight only until there is an answer. A new `url`
 * forgets the old answer.
 */
export function useLive<T>(
  url: string,
  { everyMs, isPaused }: { everyMs: number; isPaused: boolean },
): Live<T> {
  const [live, setLive] = useState<Live<T> & { url: string }>({ url, ...nothingYet })
  const heardOf = useRef<string | undefined>(undefined)
  useEffect(() => {
    const leaving = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const isWanted = (): boolean => !isPaused || heardOf.current !== url
    async function round(): Promise<void> {
      if (document.visibilityState === 'visible' || heardOf.current !== url) {
        const heard = await ask<T>(url, leaving.signal)
        if (leaving.signal.aborted) return
        if (heard.problem === undefined) heardOf.current = url
        setLive((before) => ({ ...(before.url === url ? before : nothingYet), url, ...heard }))
      }
      if (isWanted()) timer = setTimeout(() => void round(), everyMs)
    }
    if (isWanted()) void round()
    return () => {
      leaving.abort()
      clearTimeout(timer)
    }
  }, [url, everyMs, isPaused])
  return live.url === url ? live : nothingYet
}

const nothingYet = { value: undefined, heardMs: undefined, problem: undefined }

async function ask<T>(url: string, signal: AbortSignal): Promise<Partial<Live<T>>> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]) })
    if (response.ok) {
      const value = (await response.json()) as T // Of the same release as this page.
      return { value, heardMs: Date.now(), problem: undefined }
    }
    const { error } = (await response.json()) as { error?: { message?: string } }
    const kind = response.status === 401 ? 'signed-out' : 'refused'
    return { problem: { kind, message: error?.message ?? `The service answered ${response.status}.` } }
  } catch {
    return { problem: { kind: 'unreachable', message: 'The service does not answer.' } }
  }
}
