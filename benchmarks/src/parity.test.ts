import { holdToParity } from '@plumbline/conformance/vitest'

import { knownEntrants, loadEntrant } from './entrants.ts'

const [one, other] = await Promise.all(
  knownEntrants.filter(({ heldTo }) => heldTo === 'contract').map(loadEntrant),
)
if (one === undefined || other === undefined) throw new Error('There are not two builds.')
holdToParity([one, other])
