import { defineEntrant } from '@plumbline/conformance'

export const scratchFirstDay = defineEntrant({
  name: 'scratch-first-day',
  version: '0',
  offers: [],
  unsupported: {},
  create: () => ({}),
})
