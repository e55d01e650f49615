import type { Guardrails } from '@plumbline/report'

import type { GuardrailEntrant } from '../detector.ts'
import { loadAidefence } from './aidefence.ts'
import { loadHaiGuardrails } from './hai-guardrails.ts'
import { isInstalledApart } from './installed-apart.ts'
import { loadLangChain } from './langchain.ts'
import { loadOpenAIGuardrails } from './openai-guardrails.ts'
import { loadRedactPii } from './redact-pii.ts'
import { loadVard } from './vard.ts'

/** With the packages that weigh too much for everybody who only wants the builds. */
const apart = [
  ['@presidio-dev/hai-guardrails', loadHaiGuardrails],
  ['redact-pii', loadRedactPii],
  ['@openai/guardrails', loadOpenAIGuardrails],
] as const

/** The libraries that can be measured on this machine, and those that cannot, with the command that changes it. */
export async function loadPeers(): Promise<{
  peers: GuardrailEntrant[]
  notMeasured: Guardrails['notMeasured']
}> {
  const peers = [await loadLangChain(), await loadVard(), await loadAidefence()]
  const notMeasured: Guardrails['notMeasured'] = []
  for (const [name, load] of apart) {
    if (isInstalledApart(name)) peers.push(load())
    else
      notMeasured.push({ what: name, measuredBy: 'npm ci --prefix benchmarks/peers, then the same command' })
  }
  return { peers, notMeasured }
}
