import { defineEntrant } from '@plumbline/conformance'

export const langchainStock = defineEntrant({
  name: 'langchain-stock',
  version: '0',
  offers: [],
  unsupported: {},
  create: () => ({}),
})
