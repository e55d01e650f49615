import type { Evidence } from '@plumbline/decide'

import { startDecidePage } from './decide-page.ts'
import { byId } from './elements.ts'
import { startPages } from './pages.ts'

/** The evidence of the report, which the page carries as JSON. */
function readEvidence(): Evidence {
  // Written by `pageScript` from an `Evidence`.
  return JSON.parse(byId('evidence', HTMLScriptElement).text) as Evidence
}

startPages()
startDecidePage(readEvidence(), { today: () => new Date() })
