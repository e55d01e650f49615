import {
  checksFor,
  checkVerdict,
  defaultCheckLimitMs,
  systemClock,
  toBlockedError,
  type CheckFinding,
  type CheckSubject,
  type Clock,
  type GuardrailPolicy,
  type PolicyCheck,
  type RuleFailure,
  type Verdict,
} from '@plumbline/core'

import { untilAborted } from './deadline.ts'

export interface CheckOptions {
  /** What is found is added. */
  verdicts: Verdict[]
  /** Of those who wait: aborted when nobody does. */
  signal?: AbortSignal | undefined
  clock?: Clock | undefined
}

/** Whether a policy has checks for this direction: then there is something to wait for. */
export function hasChecks(policy: GuardrailPolicy, direction: CheckSubject['direction']): boolean {
  return checksFor(policy, direction).length > 0
}

/** Asks every check of the policy at once, each within its own time limit. Throws `GuardrailBlockedError` for the first that blocks. */
export async function runChecks(
  policy: GuardrailPolicy,
  subject: CheckSubject,
  { verdicts, signal, clock = systemClock }: CheckOptions,
): Promise<void> {
  const { direction } = subject
  const results = checksFor(policy, direction).map(async (entry) => {
    const result = await runCheck(entry, subject, { signal, clock })
    return checkVerdict(entry, direction, result) ?? []
  })
  const found = (await Promise.all(results)).flat()
  verdicts.push(...found)
  for (const verdict of found) {
    if (verdict.action === 'block') throw toBlockedError({ ...verdict, action: 'block' })
  }
}

/** Rejects only when `signal` aborts: a check that throws, or passes its limit, has failed. */
async function runCheck(
  { check, timeLimitMs = defaultCheckLimitMs }: PolicyCheck,
  subject: CheckSubject,
  { signal, clock }: { signal: AbortSignal | undefined; clock: Clock },
): Promise<readonly CheckFinding[] | RuleFailure> {
  const controller = new AbortController()
  const { promise: limit, resolve } = Promise.withResolvers<RuleFailure>()
  const cancelTimer = clock.setTimer(timeLimitMs, () => resolve('timeout'))
  // Its error stays here: it may quote the text.
  const judged = (async () => check.check(subject, controller.signal))().catch((): RuleFailure => 'error')
  const result = Promise.race([judged, limit])
  try {
    return await (signal ? untilAborted(result, signal) : result)
  } finally {
    cancelTimer()
    controller.abort()
  }
}
