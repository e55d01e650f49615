/**
 * What every page of ours looks like: colours for light and dark, type, tables, legends, tags. Charts take their colours from the same
 * custom properties as the text.
 */
export const theme = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --card: #f7f8fa; --ink: #1c2430; --quiet: #5b6675; --line: #dfe3e9; --link: #1d5fa8;
  --pass: #1d6b42; --fail: #a8322a; --fail-back: #fbeceb; --warn: #7a5200; --warn-back: #fdf3dc; --success: #1d5fa8; --error: #6a4a8c;
  --before: #a3acb8; --exact: #2f74b5; --vectors: #17816f;
 --normalised: #8a6d1f;
  --entrant-1: #2f74b5; --entrant-2: #c2591b; --entrant-3: #7d58b3; --entrant-4: #17816f;
  --entrant-5: #b03a6f; --entrant-6: #6b7480; --entrant-7: #8a6d00; --entrant-8: #3d8bb0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161c; --card: #1a2028; --ink: #e4e9f0; --quiet: #9aa6b5; --line: #2d3641; --link: #82b6ee;
    --pass: #74cf9d; --fail: #f2938a; --fail-back: #3a1f1d; --warn: #ecc46a; --warn-back: #332a14; --success: #82b6ee; --error: #c3a8ea;
    --before: #667282; --exact: #6aaef0; --vectors: #52c4ae;
 --normalised: #d2b55b;
    --entrant-1: #6aaef0; --entrant-2: #f09a62; --entrant-3: #b795ec; --entrant-4: #52c4ae;
    --entrant-5: #ec82b0; --entrant-6: #a5afbc; --entrant-7: #d8b94a; --entrant-8: #86cdea;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code { font: .9em ui-monospace, monospace; }
.provenance, .tag { font-size: .75rem; line-height: 1; color: var(--quiet); border: 1px solid var(--line); border-radius: 1em; padding: .15em .55em; white-space: nowrap; font-weight: 400; }
.stale, .warning { color: var(--warn); background: var(--warn-back); border-color: transparent; }
.warning { padding: .5rem .8rem; border-radius: 6px; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin: .6rem 0 0; padding: 0; list-style: none; font-size: .85rem; }
.legend li { display: flex; align-items: center; gap: .45rem; }
.mark { flex: none; width: 1.1rem; height: .7rem; border-radius: 2px; background: var(--mark); }
.mark.line { height: 3px; }
.mark.dashed { height: 3px; background: repeating-linear-gradient(90deg, var(--mark) 0 4px, transparent 4px 7px); }
.mark.dot, .mark.ring { width: .7rem; border-radius: 50%; }
.mark.ring { background: none; border: 2px solid var(--mark); }
.scroll { position: relative; overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { padding: .38rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
th:first-child, td:first-child { padding-left: 0; }
thead th { font-weight: 600; vertical-align: bottom; border-bottom: 1px solid var(--quiet); }
.figure { text-align: right; white-space: nowrap; }
thead .figure { white-space: normal; }
tbody tr:hover { background: var(--card); }
summary { cursor: pointer; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`
