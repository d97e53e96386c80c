import { createHash } from 'node:crypto'
import { catalogue } from '../lib/errors.ts'
import { escapeHtml } from '../lib/text.ts'
import { htmlPage, sentenceHtml } from './html.ts'

const style = `
:root { color-scheme: light dark; --line: light-dark(#d9dee4, #3a4450); --soft: light-dark(#5b6672, #9aa7b4); --code: light-dark(#f0f3f6, #262e37); --link: light-dark(#1f5f9e, #7fb6ea) }
body { max-width: 46rem; margin: 0 auto; padding: 3rem 1.25rem 40vh; font: 1rem/1.6 system-ui, sans-serif; background: light-dark(#fff, #14191f); color: light-dark(#1b232c, #e3e8ed) }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .75rem }
h2 { font-size: 1.15rem; margin: 0 }
a { color: var(--link) }
code { font: .9em/1.4 ui-monospace, monospace; background: var(--code); border-radius: .25rem; padding: .1em .35em; overflow-wrap: anywhere }
section { border-top: 1px solid var(--line); padding: 1.25rem 0; scroll-margin-top: 1rem }
section p { margin: .35rem 0 0 }
section:target { box-shadow: -.35rem 0 0 var(--link); padding-left: 1rem }
section a { color: inherit; text-decoration: none }
section a:hover { text-decoration: underline }
.status { color: var(--soft); font-variant-numeric: tabular-nums }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: 1.5rem 0 2rem; list-style: none }
`

const problems = Object.entries(catalogue).sort(([, a], [, b]) => a.status - b.status)

const links = problems.map(([code]) => `<li><a href="#${code}">${code}</a></li>`).join('\n')

const sections = problems.map(
  ([code, { status, title, meaning }]) => `<section id="${code}">
<h2>${escapeHtml(title)}</h2>
<p class="status">${status} · <a href="#${code}"><code>${code}</code></a></p>
<p>${sentenceHtml(meaning)}</p>
</section>
`,
)

/** Every problem of the catalogue under its code, which is what the `type` of a problem points to. */
export const problemsPage = htmlPage(
  'Problems · Dateline',
  `<style>${style}</style>\n`,
  `<h1>Problems</h1>
<p>Every refusal is <code>application/problem+json</code> (<a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>). Its <code>code</code> is one of these words and stays what it is; <code>detail</code> says what was wrong this time, <code>errors</code> lists every fault of the request with its place, and <code>requestId</code> finds the request in the log of the server. New codes may come: go by <code>status</code> where you do not know one. All operations are described in <a href="../docs">the reference</a>.</p>
<nav aria-label="Codes"><ul>
${links}
</ul></nav>
${sections.join('')}`,
)

/** What the page may load: its own style, and nothing else. */
export const problemsPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
