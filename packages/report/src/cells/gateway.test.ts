import { expect, test } from 'vitest'

import { gatewayOf } from '../__fixtures__/gateway.ts'
import { gatewayCells } from './gateway.ts'

test('each load has a table of its own; where nothing stands in between there is no CPU time', () => {
  expect(gatewayCells(gatewayOf())).toEqual([
    {
      load: 'chat',
      cells: [
        ['row', 'CPU us', 'to portkey', 'requests/s', 'p50 ms', 'p95 ms', 'p99 ms', 'RSS MB'],
        ['direct', '–', '–', '5000', '0.30', '0.60', '1.25', '–'],
        ['portkey', '900', '–', '800', '2.00', '3.00', '5.00', '300'],
        ['scratch', '350', '0.39 [0.36, 0.42]', '2000', '1.00', '2.00', '4.00', '140'],
      ],
    },
    {
      load: 'hit',
      cells: [
        ['row', 'CPU us', 'requests/s', 'p50 ms', 'p95 ms', 'p99 ms', 'RSS MB'],
        ['scratch', '200', '4000', '0.50', '0.90', '1.50', '140'],
      ],
    },
  ])
})
