import {
  checksFor,
  checkVerdict,
  defaultCheckLimitMs,
  toBlockedError,
  type CheckFinding,
  type CheckSubject,
  type Clock,
  type GuardrailPolicy,
  type PolicyCheck,
  type RuleFailure,
  type Verdict,
} from '@plumbline/core'

export interface CheckContext {
  clock: Clock
  /** Of those who wait: aborted when nobody does. */
  signal: AbortSignal
  onVerdicts(verdicts: readonly Verdict[]): void
}

/** Whether a policy has checks for this direction: then there is something to wait for. */
export function hasChecks(
  policy: GuardrailPolicy | false,
  direction: CheckSubject['direction'],
): policy is GuardrailPolicy {
  return policy !== false && checksFor(policy, direction).length > 0
}

/** Asks every check at once, each within its own time limit. Throws `GuardrailBlockedError` for the first in the policy that blocks. */
export async function runChecks(
  policy: GuardrailPolicy,
  subject: CheckSubject,
  { clock, signal, onVerdicts }: CheckContext,
): Promise<void> {
  const { direction } = subject
  const verdicts = await Promise.all(
    checksFor(policy, direction).map(async (entry) =>
      checkVerdict(entry, direction, await runCheck(entry, subject, clock, signal)),
    ),
  )
  const found = verdicts.filter((verdict) => verdict !== undefined)
  onVerdicts(found)
  for (const verdict of found) {
    if (verdict.action === 'block') throw toBlockedError({ ...verdict, action: 'block' })
  }
}

/** Rejects only when `signal` aborts: a check that throws, or passes its limit, has failed. */
function runCheck(
  { check, timeLimitMs = defaultCheckLimitMs }: PolicyCheck,
  subject: CheckSubject,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly CheckFinding[] | RuleFailure> {
  signal.throwIfAborted()
  const controller = new AbortController()
  return new Promise<readonly CheckFinding[] | RuleFailure>((resolve, reject) => {
    const cancelTimer = clock.setTimer(timeLimitMs, () => end(() => resolve('timeout')))
    const onAbort = (): void => end(() => reject(signal.reason))
    function end(settle: () => void): void {
      cancelTimer()
      signal.removeEventListener('abort', onAbort)
      settle()
      controller.abort()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    // In a promise, also for what it throws at once. Its error stays here: it may quote the text.
    const judged = Promise.resolve().then(() => check.check(subject, controller.signal))
    judged.then(
      (findings) => end(() => resolve(findings)),
      () => end(() => resolve('error')),
    )
  })
}
