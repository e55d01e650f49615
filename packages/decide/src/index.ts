export { defaultCriteria, families, familyMeanings } from './criteria.ts'
export { decide, verdictLimits } from './decide.ts'
export { parseAnswers } from './parse-answers.ts'
export { presetMeanings, presetNames, presets } from './presets.ts'
export { adviceToAdr } from './to-adr.ts'
export { adviceToJson } from './to-json.ts'
export { adviceToText } from './to-text.ts'
export {
  describeDriver,
  describeOrigin,
  describeSource,
  headlineOf,
  percent,
  showMeasurement,
  signed,
  thirdAnswer,
} from './words.ts'
export { equalWeights, normalised, withWeight } from './weights.ts'

export type { ConstraintCheck, Constraints } from './constraints.ts'
export type { Criterion, Family } from './criteria.ts'
export type { Advice, Answers, Driver, Standing, Verdict } from './decide.ts'
export type { Evidence, EvidenceLabel, EvidenceSource, Measurement } from './evidence.ts'
export type { Flip } from './flips.ts'
export type { Interval } from './interval.ts'
export type { Opinion } from './opinions.ts'
export type { PresetName } from './presets.ts'
export type { Weights } from './weights.ts'
