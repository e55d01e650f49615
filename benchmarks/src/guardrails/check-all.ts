import type { GuardrailEntrant } from './detector.ts'

/** Everything that an entrant looks for in one text; resolves when all of it has answered, at once where nothing is asynchronous. */
export function checkAllOf({ families, checkAll }: GuardrailEntrant): (text: string) => unknown {
  if (checkAll) return checkAll
  const detectors = Object.values(families)
  return (text) => {
    const found = detectors.map((detect) => detect(text))
    return found.some((one) => one instanceof Promise) ? Promise.all(found) : found
  }
}

/** How long one look takes, in ms of the machine's clock. */
export async function lookMs(look: (text: string) => unknown, text: string): Promise<number> {
  const start = performance.now()
  const pending = look(text)
  // A synchronous one must not be charged for a turn of the event loop.
  if (pending instanceof Promise) await pending
  return performance.now() - start
}
