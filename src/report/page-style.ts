import { FONT } from "./theme.ts";

/** The look of the page. Colours: theme.ts. */
export const PAGE_STYLE = `
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 ${FONT}}
header,main{max-width:62rem;margin:0 auto;padding:0 1.25rem}
.brand{margin:1.5rem 0 0;color:var(--faint);letter-spacing:.08em}
h1{margin:.1rem 0 1rem;font-size:1.7rem;overflow-wrap:anywhere}
h2{margin:2.5rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line);font-size:1.3rem}
h3{margin:1.5rem 0 .2rem;font-size:1.05rem}
.summary{padding:.6rem 1.1rem;border-left:4px solid var(--first);background:color-mix(in srgb,var(--first) 8%,transparent)}
.summary p{margin:.35rem 0}
nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;padding:0;list-style:none}
a{color:var(--first)}
figure{margin:0 0 1.5rem}
figcaption{max-width:46rem;color:var(--faint);font-size:.92rem}
.chart{overflow-x:auto;margin:.6rem 0;padding:.2rem 0}
.chart svg{display:block}
.chart svg [aria-hidden]{pointer-events:none}
.chart [aria-label]:hover{filter:brightness(1.15)}
.tools{display:flex;flex-wrap:wrap;gap:.5rem;align-items:start;font-size:.85rem}
button,summary{padding:.15rem .6rem;border:1px solid var(--line);border-radius:.3rem;background:transparent;color:var(--ink);font:inherit;cursor:pointer}
details[open]{flex-basis:100%}
summary{display:inline-block}
button:hover,summary:hover{border-color:var(--faint)}
:focus-visible{outline:2px solid var(--first);outline-offset:2px}
.numbers{max-height:20rem;margin-top:.4rem;overflow:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.1rem .7rem;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th{font-weight:600}
tbody th,thead th:first-child{text-align:left;font-weight:400}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(18rem,1fr));gap:.4rem 1.5rem;margin:1rem 0}
dt{color:var(--faint);font-size:.85rem}
dd{margin:0;overflow-wrap:anywhere}
#tip{position:fixed;z-index:1;max-width:22rem;padding:.25rem .6rem;border:1px solid var(--line);border-radius:.3rem;background:var(--ground);color:var(--ink);font-size:.85rem;pointer-events:none;box-shadow:0 2px 8px rgb(0 0 0/.2)}
@page{margin:14mm}
@media print{
header,main{max-width:none;padding:0}
.tools,nav{display:none}
figure,dl>div,tr,.summary{break-inside:avoid}
h2,h3,section:not(.summary)>p,figcaption{break-after:avoid}
.chart,.numbers{max-height:none;overflow:visible}
.chart svg{max-width:100%;max-height:20cm;height:auto}
}
`;
