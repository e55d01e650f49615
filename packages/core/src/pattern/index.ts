export { patternRule, type PatternRuleOptions } from './pattern-rule.ts'
