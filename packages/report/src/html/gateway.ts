import { captions } from '../captions.ts'
import { gatewayCells } from '../cells/gateway.ts'
import type { GatewayResult } from '../gateway.ts'
import { markup, type Markup } from './markup.ts'
import { notMeasured } from './page.ts'
import { provenanceLabel, table } from './table.ts'

/** What a service between caller and provider adds. */
export function gatewaySection(gateway: GatewayResult | undefined): Markup {
  return gateway ? measured(gateway) : notMeasured('gateway')
}

function measured(gateway: GatewayResult): Markup {
  return markup`<p>${captions.gateway(gateway)}</p>
${gatewayCells(gateway).map(({ load, cells }) =>
  table(cells, { caption: markup`${load}. ${provenanceLabel('measured')}`, rightFrom: 1 }),
)}
${gateway.notMeasured.map(({ what, measuredBy }) => markup`<p>${what}: not measured (${measuredBy}).</p>`)}`
}
