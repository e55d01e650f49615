export { createPrometheusExporter } from './prometheus-exporter.ts'
export type { PrometheusExporter, PrometheusOptions } from './prometheus-exporter.ts'
