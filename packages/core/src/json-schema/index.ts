export { jsonSchemaCheck, type JsonSchemaOptions } from './json-schema-check.ts'
