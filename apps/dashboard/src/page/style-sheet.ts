import { theme } from '@plumbline/report/page'

/** The style sheet of the dashboard: the theme that it shares with the report, and what is its own. */
export const styleSheet = `${theme}
body { font-size: 15px; background: var(--card); }
header { position: sticky; top: 0; z-index: 3; background: var(--paper); border-bottom: 1px solid var(--line); }
.bar { display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; align-items: center; justify-content: space-between; max-width: 86rem; margin: 0 auto; padding: .55rem 1.25rem; }
h1 { font-size: 1.05rem; margin: 0; font-weight: 650; display: flex; gap: .7rem; align-items: center; flex-wrap: wrap; }
h2 { font-size: 1.15rem; margin: 0; letter-spacing: -.01em; }
h3 { font-size: .95rem; margin: 0; font-weight: 600; }
.quiet, dt { color: var(--quiet); font-weight: 400; }
main { max-width: 86rem; margin: 0 auto; padding: 1rem 1.25rem 4rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; }
main > section, .chart, .tiles > div, .empty { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.15rem; }
button, select { font: inherit; font-size: .875rem; color: var(--ink); background: var(--paper); border: 1px solid var(--before); border-radius: 6px; padding: .28rem .7rem; min-height: 2rem; }
button { cursor: pointer; }
button:hover:not(:disabled) { border-color: var(--link); color: var(--link); }
button[aria-pressed='true'] { background: var(--ink); border-color: var(--ink); color: var(--paper); }
button.link { border: 0; background: none; padding: .1rem 0; min-height: 1.5rem; color: var(--link); text-align: left; overflow-wrap: anywhere; }
button.link:disabled { color: var(--ink); cursor: default; }
button.link:hover:not(:disabled) { text-decoration: underline; }
.status { display: flex; gap: .6rem; align-items: center; font-size: .875rem; }
.state { font-size: .78rem; font-weight: 600; border-radius: 1em; padding: .1em .65em; border: 1px solid currentColor; white-space: nowrap; }
.state.live, .state.pass { color: var(--pass); } .state.paused { color: var(--quiet); }
.state.stale, .state.warn { color: var(--warn); background: var(--warn-back); } .state.fail { color: var(--fail); background: var(--fail-back); }
.controls { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: end; font-size: .8rem; color: var(--quiet); }
.controls label { display: grid; gap: .1rem; }
.controls select { min-width: 7.5rem; max-width: 13rem; }
.controls a { margin-left: auto; align-self: center; }
.choice { display: flex; flex-wrap: wrap; }
.choice button { border-radius: 0; margin-left: -1px; }
.choice button:first-child { border-radius: 6px 0 0 6px; margin-left: 0; } .choice button:last-child { border-radius: 0 6px 6px 0; }
.tiles { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: .75rem; margin: 0; }
.tiles > div { padding: .7rem .9rem; }
.tiles dt { font-size: .82rem; } .tiles dd { margin: 0; }
.tiles strong { display: block; font-size: 1.45rem; line-height: 1.3; letter-spacing: -.02em; font-weight: 650; overflow-wrap: anywhere; }
.tiles dd span { font-size: .78rem; display: block; line-height: 1.35; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); gap: .75rem; }
.chart { min-width: 0; }
.chart h3 .quiet { font-size: .8rem; }
.plot { position: relative; margin: .4rem -.4rem 0; border-radius: 6px; touch-action: pan-y; }
.pointer { position: absolute; top: 12px; bottom: 24px; width: 1px; background: var(--quiet); pointer-events: none; }
.no-data { position: absolute; inset: 40% 0 auto; text-align: center; font-size: .85rem; margin: 0; }
.chart .legend { font-size: .8rem; gap: .15rem .9rem; margin: .3rem 0 0; min-height: 1.4rem; }
.chart .legend li { overflow-wrap: anywhere; }
.heading { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin-bottom: .6rem; }
.heading > a { margin-left: auto; font-size: .85rem; }
.field { font-size: .85rem; color: var(--quiet); display: flex; gap: .4rem; align-items: center; }
.heading select { max-width: 12rem; }
.heading .legend { margin: 0; }
.scroll { margin: 0; }
table { font-size: .875rem; }
td.figure, th.figure { padding: .38rem .35rem .38rem .6rem; }
tbody th { min-width: 8rem; }
thead .figure { white-space: nowrap; }
.compared { max-width: 44rem; }
.calls { list-style: none; margin: 0; padding: 0; }
.calls li { border-top: 1px solid var(--line); }
.calls summary { display: grid; grid-template-columns: 4.5rem minmax(7rem, 11rem) minmax(7rem, 13rem) minmax(5rem, 9rem) minmax(6rem, 1fr) 5rem 5.5rem; gap: .2rem .9rem; align-items: center; padding: .38rem .2rem; list-style: none; font-size: .875rem; }
.calls summary::-webkit-details-marker { display: none; }
.calls summary:hover { background: var(--card); }
.calls summary > * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.outcome { font-weight: 600; color: var(--pass); } .outcome.error { color: var(--fail); } .outcome.blocked { color: var(--error); }
.outcome.cancelled, .outcome.length, .outcome.refusal, .outcome.content_filter { color: var(--warn); }
.timeline { display: flex; align-items: center; height: .9rem; }
.timeline .waited, .mark.waited { background: var(--before); } .timeline .received, .mark.received { background: var(--exact); }
.timeline .waited { min-width: 2px; } .timeline .waited, .timeline .received { height: .6rem; flex: none; }
.tries { font-size: .72rem; color: var(--quiet); padding-left: .4rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: .5rem 1.2rem; margin: .3rem 0 .9rem; padding: .7rem .9rem; background: var(--card); border-radius: 8px; font-size: .85rem; }
.facts dt { font-size: .78rem; } .facts dd { margin: 0; overflow-wrap: anywhere; }
.health { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1rem 2rem; margin-top: .6rem; }
.health ul { list-style: none; margin: .4rem 0; padding: 0; display: grid; gap: .35rem; font-size: .9rem; }
section > p.quiet, .health p { margin: .4rem 0 0; font-size: .875rem; }
.empty { text-align: center; padding: 3rem 1rem; }
.warning { margin: 0; }
.sign-in { max-width: 22rem; margin: 12vh auto 0; padding: 1.5rem; display: block; }
.sign-in h1 { font-size: 1.4rem; margin-bottom: 1.2rem; }
.sign-in form { display: grid; gap: .6rem; }
.sign-in input { font: inherit; padding: .5rem .7rem; border: 1px solid var(--before); border-radius: 6px; background: var(--paper); color: var(--ink); min-width: 0; }
@media (max-width: 64rem) { .tiles { grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); } }
@media (max-width: 44rem) {
  .bar, main { padding-left: .8rem; padding-right: .8rem; }
  .heard { display: none; }
  .controls label { flex: 1 1 40%; } .controls select { width: 100%; max-width: none; min-width: 0; }
  .controls a, .heading > a { margin-left: 0; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem; } .tiles strong { font-size: 1.2rem; }
  main > section, .chart { padding: .8rem; }
  .calls summary { grid-template-columns: 4.5rem minmax(0, 1fr) auto; }
  .calls .timeline { grid-column: 1 / 3; grid-row: 3; } .calls .model { grid-column: 1 / 3; grid-row: 2; } .calls .tenant { grid-column: 3; grid-row: 2; text-align: right; }
  .calls .figure { grid-row: 3; grid-column: 3; } .calls .figure:last-child { grid-row: 1; }
  td.figure, th.figure { padding-left: .6rem; }
}
`
