import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'

import type { LiveProblem } from './use-live.ts'
import { formatAge, formatTime } from './figures.ts'

/** Whether the figures are of now: live, paused, or stale because nothing new was heard. */
export function Status(props: {
  heardMs: number | undefined
  problem: LiveProblem | undefined
  isPaused: boolean
  onPause: (isPaused: boolean) => void
  canSignOut: boolean
}): JSX.Element {
  const { heardMs, problem, isPaused, onPause, canSignOut } = props
  const nowMs = useNow()
  const state = isPaused ? 'paused' : problem === undefined ? 'live' : 'stale'
  return (
    <div class="status">
      <span class={`state ${state}`} role="status">
        {state}
      </span>
      {heardMs !== undefined && (
        <span class="quiet heard">
          as of {formatTime(heardMs)}
          {state !== 'live' && `, ${formatAge(nowMs - heardMs)} ago`}
        </span>
      )}
      <button aria-pressed={isPaused} onClick={() => onPause(!isPaused)}>
        {isPaused ? 'Go on' : 'Pause'}
      </button>
      {canSignOut && (
        <form method="post" action="sign-out">
          <button>Sign out</button>
        </form>
      )}
    </div>
  )
}

function useNow(): number {
  const [nowMs, setNowMs] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return nowMs
}
