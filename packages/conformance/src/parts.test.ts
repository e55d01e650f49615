import { holdParts } from './vitest.ts'

holdParts()
