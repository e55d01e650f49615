export { createOtelExporter } from './otel-exporter.ts'
export type { OtelOptions } from './otel-exporter.ts'
