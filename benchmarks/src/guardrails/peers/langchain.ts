import { installedVersion } from '@plumbline/conformance'

import type { Detection, GuardrailEntrant } from '../detector.ts'

/**
 * The detectors of `piiMiddleware`, which work alone; MAC addresses and plain URLs are not scored.
 * https://docs.langchain.com/oss/javascript/langchain/guardrails, "PII detection" (read 2026-11-24).
 */
export async function loadLangChain(): Promise<GuardrailEntrant> {
  const { detectCreditCard, detectEmail, detectIP, detectMacAddress, detectUrl } = await import('langchain')
  const detectors = [
    ['email', detectEmail],
    ['card', detectCreditCard],
    ['ip', detectIP],
    ['mac', detectMacAddress],
    ['url', detectUrl],
  ] as const
  return {
    name: 'langchain detectors',
    version: installedVersion('langchain', import.meta.url),
    families: {
      pii: (text) =>
        detectors.flatMap(([type, detect]) =>
          detect(text).map(({ start, end }): Detection => ({ type, start, end })),
        ),
    },
  }
}
