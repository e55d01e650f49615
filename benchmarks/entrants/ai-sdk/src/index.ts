import { defineEntrant } from '@plumbline/conformance'

export const aiSdk = defineEntrant({
  name: 'ai-sdk',
  version: '0',
  offers: [],
  unsupported: {},
  create: () => ({}),
})
