'use strict'
// The explorer: one page over the public GraphQL API. Whatever comes from the
// graph is put into the page as text, never as markup.

const $ = (id) => document.getElementById(id)
const main = $('main')
const remembered = { get: (k) => { try { return sessionStorage.getItem(k) } catch { return null } }, set: (k, v) => { try { sessionStorage.setItem(k, v) } catch { /* private mode */ } } }
let token = remembered.get('postern-token') || ''

class Refused extends Error {}

async function ask(query, variables = {}) {
  const headers = { 'Content-Type': 'application/json' }
  if (token) headers.Authorization = 'Bearer ' + token
  const response = await fetch('graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  if (response.status === 401) {
    $('login').hidden = false
    $('token').focus()
    throw new Refused('The server wants a token.')
  }
  return response.json()
}

async function data(query, variables) {
  const answer = await ask(query, variables)
  if (answer.errors) throw new Error(answer.errors[0].message)
  return answer.data
}

// h makes an element: h('a.card', {href}, children…). Strings become text.
function h(what, attributes, ...children) {
  const [tag, ...classes] = what.split('.')
  const e = document.createElement(tag)
  if (classes.length) e.className = classes.join(' ')
  for (const [k, v] of Object.entries(attributes || {})) {
    if (k.startsWith('on')) e.addEventListener(k.slice(2), v)
    else if (v !== undefined && v !== null && v !== false) e.setAttribute(k, v === true ? '' : v)
  }
  e.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false))
  return e
}

const table = (heads, rows) => h('div.scroll', { tabindex: 0 }, h('table', {}, h('thead', {}, h('tr', {}, heads.map((t) => h('th', { scope: 'col' }, t)))), h('tbody', {}, rows.map((r) => h('tr', {}, r.map((c) => h('td', {}, c)))))))
const nodeLink = (n) => h('a', { href: '#/node/' + encodeURIComponent(n.id) }, n.name || n.id)
const plural = (n, what) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`
const badge = (severity) => h('span.badge.' + (['critical', 'high', 'medium', 'low'].includes(severity) ? severity : 'plain'), {}, severity)

const starts = { internet: 'Anyone on the internet', 'aws:any-account': 'Any AWS customer', 'github:any': 'Any GitHub user', 'google:any-account': 'Anyone with a Google account' }
const verbs = { disclosure: 'read', poisoning: 'change', derivation: 'learn about', invocation: 'query', exposure: 'reach', control: 'take over' }

function sentence(p) {
  const from = p.nodes[0], to = p.nodes[p.nodes.length - 1]
  const who = starts[from.id] || `${from.kind} ${from.name || from.id}`
  return `${who} ${p.verdict === 'allow' ? 'can' : 'may be able to'} ${verbs[p.impact] || 'reach'} ${to.kind} ${to.name || to.id} in ${plural(p.hops, 'step')}`
}

const pathFields = `fingerprint severity score verdict confidence impact hops nodes { id kind name }
  scoreFactors { name value reason }
  steps { from to kind techniques verdict witness assumes confidence attackIds ports sources evidence { document statement summary } }
  breaks { change effort closes }`

// -- paths --------------------------------------------------------------------

const pathsQuery = `query($from: [String!], $to: [String!]) { paths(from: $from, to: $to, first: 100) { totalCount exhaustive truncatedAt nodes { ${pathFields} } } }`
let paths = { key: null, list: null }

async function loadPaths(from, to) {
  const key = JSON.stringify([from, to])
  if (paths.key !== key) paths = { key, list: (await data(pathsQuery, { from, to })).paths }
  return paths.list
}

async function showPaths(fingerprint, params) {
  const from = params.getAll('from'), to = params.getAll('to')
  const found = await loadPaths(from.length ? from : null, to.length ? to : null)
  const search = from.length || to.length ? '?' + params : ''
  const wanted = found.nodes.find((p) => p.fingerprint === fingerprint) || found.nodes[0]
  const list = h('ol.paths', { 'aria-label': 'Paths, the worst first' }, found.nodes.map((p) => {
    const item = h('li', { 'data-severity': p.severity }, h('a', { href: `#/paths/${p.fingerprint}${search}`, 'aria-current': p === wanted && 'true' },
      badge(p.severity), sentence(p), h('small', {}, `score ${p.score} · ${p.verdict} · confidence ${p.confidence}`)))
    return item
  }))
  const shown = h('span.note', { role: 'status' })
  const filter = () => {
    const text = words.value.toLowerCase(), only = severity.value
    let n = 0
    for (const li of list.children) {
      li.hidden = (only && li.dataset.severity !== only) || (text && !li.textContent.toLowerCase().includes(text))
      if (!li.hidden) n++
    }
    shown.textContent = `${n} of ${found.totalCount}`
  }
  const words = h('input', { type: 'search', placeholder: 'Filter', 'aria-label': 'Filter paths', oninput: filter })
  const severity = h('select', { 'aria-label': 'Severity', onchange: filter }, h('option', { value: '' }, 'all'), ['critical', 'high', 'medium', 'low'].map((s) => h('option', { value: s }, s)))
  const title = search ? `Paths ${from.length ? 'from ' + from.join(', ') : ''} ${to.length ? 'to ' + to.join(', ') : ''}` : 'Ways from outside to training data'
  main.replaceChildren(h('div.split', {},
    h('section', { 'aria-labelledby': 'paths-title' }, h('h2', { id: 'paths-title' }, title), h('div.filters', {}, words, severity, shown), list,
      found.nodes.length === 0 && h('p.card', {}, 'No path. What was not read may still hide one: see ', h('a', { href: '#/coverage' }, 'coverage'), '.'),
      !found.exhaustive && h('p.warn', {}, `Not all paths are listed: cut at ${found.truncatedAt}.`)),
    wanted ? pathDetail(wanted) : h('div')))
  filter()
  list.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
}

function pathDetail(p) {
  const byID = new Map(p.nodes.map((n) => [n.id, n]))
  const name = (id) => nodeLink(byID.get(id) || { id })
  return h('section.card', { 'aria-labelledby': 'path-title', id: 'path' },
    h('h2', { id: 'path-title' }, badge(p.severity), sentence(p)),
    h('ol.chain', { 'aria-label': 'The path' }, p.nodes.map((n, i) => h('li', {},
      i > 0 && h('span.edge' + (p.steps[i - 1].verdict === 'allow' ? '' : '.conditional'), {}, p.steps[i - 1].kind, h('span.arrow', { 'aria-hidden': 'true' }), p.steps[i - 1].assumes === 'none' ? '' : 'assumes ' + p.steps[i - 1].assumes.replaceAll('_', ' ')),
      h('a.node', { href: '#/node/' + encodeURIComponent(n.id) }, h('span.kind', {}, n.kind), n.name || n.id)))),
    h('h3', {}, 'Proof of each step'),
    h('ol.steps', {}, p.steps.map((s) => h('li', {}, name(s.from), ` ${s.kind} `, name(s.to), ' ', h('code', {}, s.techniques.join(', ')),
      s.attackIds.length > 0 && h('span.note', {}, ' ' + s.attackIds.join(', ')), s.ports.length > 0 && h('span.note', {}, ' ports ' + s.ports.join(', ')),
      s.witness.map((w) => h('div.if', {}, 'if ' + w)),
      s.evidence.map((e) => h('p.proof', {}, e.summary, ' ', h('code', {}, [e.document, e.statement].filter(Boolean).join(' · '))))))),
    p.breaks.length > 0 && [h('h3', {}, 'What closes it'), h('ol', {}, p.breaks.map((b) => h('li', {}, b.change, h('span.note', {}, ` — effort ${b.effort} of 5, closes ${plural(b.closes, 'path')}`))))],
    p.scoreFactors.length > 0 && h('details', {}, h('summary', {}, `Why ${p.severity} (${p.score})`), table(['factor', 'value', 'because'], p.scoreFactors.map((f) => [f.name, String(f.value), f.reason]))))
}

// -- what to fix ----------------------------------------------------------------

async function showFix() {
  const { chokePoints: c } = await data('{ chokePoints(first: 25) { targets cutEffort points { node { id kind name } edge { from to kind change effort } targets } cut { change effort closes from to kind } } }')
  main.replaceChildren(h('section.card', {}, h('h2', {}, 'The cheapest set of changes that closes all paths'),
    c.cut.length ? table(['change', 'effort of 5', 'closes by itself'], c.cut.map((b) => [b.change, String(b.effort), plural(b.closes, 'target')])) : h('p', {}, 'No path, nothing to close.'),
    h('p.note', {}, `Together an effort of ${c.cutEffort}.`),
    h('h3', {}, 'Choke points: without it, these targets are no longer reached'),
    table(['node or step', 'targets'], c.points.map((x) => [x.node ? h('span', {}, x.node.kind + ' ', nodeLink(x.node)) : h('span', {}, `${x.edge.kind}: ${x.edge.change}`), `${x.targets.length} of ${c.targets}`]))))
}

// -- nodes ----------------------------------------------------------------------

const nodeQuery = `query($id: ID!, $after: String, $direction: Direction!) { node(id: $id) { id kind name labels environment region collected trainingData gaps properties
  neighbours(first: 50, after: $after, direction: $direction) { pageInfo { hasNextPage endCursor } edges { direction kind properties node { id kind name } } } } }`

function propertyText(v) {
  if (Array.isArray(v)) return h('ul', {}, v.map((x) => h('li', {}, typeof x === 'object' ? JSON.stringify(x) : String(x))))
  return typeof v === 'object' && v !== null ? JSON.stringify(v) : String(v)
}

async function showNode(id, params) {
  const direction = ['IN', 'OUT'].includes(params.get('direction')) ? params.get('direction') : 'BOTH'
  const first = (await data(nodeQuery, { id, direction })).node
  if (!first) {
    main.replaceChildren(h('p.card', {}, 'There is no node ', h('code', {}, id), ' in this graph.'))
    return
  }
  const rows = h('tbody')
  const add = (edges) => rows.append(...edges.map((e) => h('tr', {}, h('td', {}, e.direction === 'OUT' ? 'to →' : 'from ←'), h('td', {}, e.kind), h('td', {}, e.node.kind), h('td', {}, nodeLink(e.node)))))
  add(first.neighbours.edges)
  let info = first.neighbours.pageInfo
  const more = h('button', { type: 'button', onclick: async () => {
    const next = (await data(nodeQuery, { id, direction, after: info.endCursor })).node.neighbours
    add(next.edges)
    info = next.pageInfo
    more.hidden = !info.hasNextPage
  } }, 'More')
  more.hidden = !info.hasNextPage
  const here = '#/node/' + encodeURIComponent(id)
  main.replaceChildren(h('div.split', {},
    h('section.card', { 'aria-labelledby': 'node-title' }, h('h2', { id: 'node-title' }, `${first.kind} ${first.name}`), h('p', {}, h('code', {}, first.id)),
      h('p', {}, h('a', { href: '#/paths?to=' + encodeURIComponent(id) }, 'Paths to here'), ' · ', h('a', { href: '#/paths?from=' + encodeURIComponent(id) }, 'Paths from here'), ' · ', h('a', { href: '#/radius/' + encodeURIComponent(id) }, 'Blast radius')),
      !first.collected && h('p.warn', {}, 'Something refers to it; no document that was read describes it.'),
      first.gaps.length > 0 && [h('h3', {}, 'Not known about it'), h('ul', {}, first.gaps.map((g) => h('li.warn', {}, g)))],
      h('h3', {}, 'Properties'), h('dl', {}, Object.entries(first.properties).filter(([k]) => !['id', 'gaps'].includes(k)).sort().flatMap(([k, v]) => [h('dt', {}, k), h('dd', {}, propertyText(v))]))),
    h('section.card', { 'aria-labelledby': 'near-title' }, h('h2', { id: 'near-title' }, 'Neighbours'),
      h('div.filters', {}, ['BOTH', 'OUT', 'IN'].map((d) => h('a', { href: here + '?direction=' + d, 'aria-current': d === direction && 'true' }, { BOTH: 'all', OUT: 'to', IN: 'from' }[d]))),
      h('div.scroll', { tabindex: 0 }, h('table', {}, h('thead', {}, h('tr', {}, ['', 'edge', 'kind', 'node'].map((t) => h('th', { scope: 'col' }, t)))), rows)), more)))
}

async function showRadius(id) {
  const { blastRadius: b } = await data('query($id: ID!) { blastRadius(id: $id, first: 100) { total truncated byHop reached { edges { hops trainingData node { id kind name } } } } }', { id })
  main.replaceChildren(h('section.card', {}, h('h2', {}, 'Blast radius of ', nodeLink({ id })), h('p', {}, `${plural(b.total, 'node')} reached; after each step: ${b.byHop.join(', ')}.`),
    b.total > b.reached.edges.length && h('p.note', {}, `The first ${b.reached.edges.length} are listed.`),
    table(['steps', 'kind', 'node', ''], b.reached.edges.map((e) => [String(e.hops), e.node.kind, nodeLink(e.node), e.trainingData ? 'training data' : '']))))
}

// -- search -----------------------------------------------------------------------

async function showSearch(params) {
  const q = params.get('q') || '', kind = params.get('kind') || ''
  const { vocabulary } = await data('{ vocabulary { nodeKinds { name } } }')
  const box = h('input', { type: 'search', id: 'q', value: q, 'aria-label': 'Part of a name or id', placeholder: 'Part of a name or id' })
  const kinds = h('select', { 'aria-label': 'Kind' }, h('option', { value: '' }, 'every kind'), vocabulary.nodeKinds.map((k) => h('option', { value: k.name, selected: k.name === kind }, k.name)))
  const go = (event) => {
    event.preventDefault()
    location.hash = '#/search?' + new URLSearchParams({ q: box.value, kind: kinds.value })
  }
  const rows = h('tbody'), note = h('p.note', { role: 'status' })
  let after = null, count = 0
  const load = async () => {
    const { nodes } = await data(`query($q: String, $kind: NodeKind, $after: String) { nodes(search: $q, kind: $kind, first: 50, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } nodes { id kind name environment region trainingData } } }`, { q, kind: kind || null, after })
    rows.append(...nodes.nodes.map((n) => h('tr', {}, h('td', {}, n.kind), h('td', {}, nodeLink(n)), h('td', {}, n.environment || ''), h('td', {}, n.region || ''), h('td', {}, n.trainingData && n.trainingData !== 'none' ? 'training data' : ''))))
    count += nodes.nodes.length
    after = nodes.pageInfo.endCursor
    more.hidden = !nodes.pageInfo.hasNextPage
    note.textContent = `${count} of ${nodes.totalCount}`
  }
  const more = h('button', { type: 'button', onclick: load }, 'More')
  main.replaceChildren(h('section.card', {}, h('h2', {}, 'Search'), h('form.filters', { role: 'search', onsubmit: go }, box, kinds, h('button', {}, 'Search')), note,
    h('div.scroll', { tabindex: 0 }, h('table', {}, h('thead', {}, h('tr', {}, ['kind', 'name', 'account', 'region', ''].map((t) => h('th', { scope: 'col' }, t)))), rows)), more))
  await load()
  if (!q && !kind) box.focus()
}

// -- coverage -----------------------------------------------------------------------

async function showCoverage(params) {
  const kind = params.get('kind') || null
  const rows = h('tbody'), note = h('p', { role: 'status' })
  let after = null, count = 0
  const load = async () => {
    const { coverage } = await data('query($kind: String, $after: String) { coverage(kind: $kind, first: 100, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { kind account region service operation resource file message } } }', { kind, after })
    rows.append(...coverage.nodes.map((g) => h('tr', {}, h('td', {}, g.kind.replaceAll('_', ' ')), h('td', {}, [g.account, g.region].filter(Boolean).join(' ')), h('td', {}, [g.service, g.operation].filter(Boolean).join(' ')), h('td', {}, g.resource ? nodeLink({ id: g.resource }) : g.file), h('td', {}, g.message))))
    count += coverage.nodes.length
    after = coverage.pageInfo.endCursor
    more.hidden = !coverage.pageInfo.hasNextPage
    note.textContent = `${count} of ${coverage.totalCount}. What hangs on these is unknown, not safe.`
  }
  const more = h('button', { type: 'button', onclick: load }, 'More')
  const kinds = ['denied', 'throttled', 'not_enabled', 'error', 'not_collected', 'not_understood', 'contradiction']
  const choice = h('select', { 'aria-label': 'Kind of gap', onchange: () => { location.hash = '#/coverage' + (choice.value ? '?kind=' + choice.value : '') } }, h('option', { value: '' }, 'all'), kinds.map((k) => h('option', { value: k, selected: k === kind }, k.replaceAll('_', ' '))))
  main.replaceChildren(h('section.card', {}, h('h2', {}, 'What could not be read'), h('div.filters', {}, choice), note,
    h('div.scroll', { tabindex: 0 }, h('table', {}, h('thead', {}, h('tr', {}, ['kind', 'where', 'call', 'what', 'why'].map((t) => h('th', { scope: 'col' }, t)))), rows)), more))
  await load()
}

// -- ask ----------------------------------------------------------------------------

const cell = (v) => v === null ? '' : typeof v === 'object' ? (v.id ? nodeLink({ id: v.id, name: v.properties && v.properties.name }) : h('code', {}, JSON.stringify(v))) : String(v)

async function showAsk() {
  const { questions } = await data('{ questions { id question bounds columns params { name type doc } } }')
  const out = h('div', { 'aria-live': 'polite' })
  const pick = h('select', { 'aria-label': 'Question' }, questions.map((q) => h('option', { value: q.id }, q.question)))
  const fields = h('div')
  const shape = () => {
    const q = questions.find((x) => x.id === pick.value)
    fields.replaceChildren(...(q ? q.params : []).map((p) => h('p', {}, h('label', {}, `${p.name} (${p.type}): ${p.doc} `, h('input', { name: p.name })))), h('p.note', {}, q ? q.bounds : ''))
  }
  pick.addEventListener('change', shape)
  const run = async (event) => {
    event.preventDefault()
    const params = [...fields.querySelectorAll('input')].filter((i) => i.value).map((i) => ({ name: i.name, value: i.value }))
    try {
      const { ask: a } = await data('query($id: ID!, $params: [ParamInput!]) { ask(id: $id, params: $params) { columns rows exhaustive truncatedAt } }', { id: pick.value, params })
      out.replaceChildren(a.rows.length ? table(a.columns, a.rows.map((r) => r.map(cell))) : h('p', {}, 'Nothing found.'), a.exhaustive ? '' : h('p.warn', {}, `Cut at ${a.truncatedAt}.`))
    } catch (error) {
      out.replaceChildren(h('p.warn', {}, error.message))
    }
  }
  const query = h('textarea', { rows: 12, spellcheck: 'false', id: 'query' })
  query.value = `{\n  paths(first: 3) {\n    totalCount\n    nodes { severity verdict nodes { id } breaks { change } }\n  }\n}`
  const variables = h('textarea', { rows: 2, spellcheck: 'false', id: 'variables' })
  variables.value = '{}'
  const answer = h('pre', { tabindex: 0, 'aria-label': 'Answer' })
  const raw = async (event) => {
    event.preventDefault()
    try {
      answer.textContent = JSON.stringify(await ask(query.value, JSON.parse(variables.value || '{}')), null, 2)
    } catch (error) {
      answer.textContent = String(error)
    }
  }
  main.replaceChildren(h('section.card', {}, h('h2', {}, 'Ask a question'), h('form', { onsubmit: run }, h('div.filters', {}, pick, h('button', {}, 'Ask')), fields), out),
    h('section.card', {}, h('h2', {}, 'GraphQL'), h('form', { onsubmit: raw }, h('p', {}, h('label', { for: 'query' }, 'Query')), query, h('p', {}, h('label', { for: 'variables' }, 'Variables (JSON)')), variables, h('p', {}, h('button', {}, 'Run'))), answer))
  shape()
}

// -- the page -------------------------------------------------------------------------

const views = {
  paths: (id, params) => showPaths(id, params), fix: showFix, search: (_, params) => showSearch(params),
  node: showNode, radius: showRadius, coverage: (_, params) => showCoverage(params), ask: showAsk,
}
let shownAt = 0

async function show() {
  const at = ++shownAt
  const [path, search] = location.hash.replace(/^#\/?/, '').split('?')
  const [view, ...rest] = path.split('/')
  const name = views[view] ? view : 'paths'
  for (const a of document.querySelectorAll('nav a')) {
    if (a.dataset.view === name) a.setAttribute('aria-current', 'page')
    else a.removeAttribute('aria-current')
  }
  try {
    await views[name](decodeURIComponent(rest.join('/')), new URLSearchParams(search || ''))
  } catch (error) {
    if (at === shownAt) main.replaceChildren(h('p.card.warn', { role: 'alert' }, error.message))
  }
}

async function showRun() {
  try {
    const { run } = await data('{ run { hash nodes edges documents gaps } }')
    $('run').replaceChildren(...(run ? [`${plural(run.nodes, 'node')}, ${plural(run.edges, 'edge')}, ${plural(run.documents, 'document')} read, `, h('a', { href: '#/coverage' }, plural(run.gaps, 'coverage gap'))] : ['no graph yet']))
  } catch (error) {
    $('run').textContent = error.message
  }
}

$('login').addEventListener('submit', (event) => {
  event.preventDefault()
  token = $('token').value
  remembered.set('postern-token', token)
  $('login').hidden = true
  showRun()
  show()
})

const theme = (t) => { if (t) document.documentElement.dataset.theme = t }
theme(remembered.get('postern-theme'))
$('theme').addEventListener('click', () => {
  const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  theme(dark ? 'light' : 'dark')
  remembered.set('postern-theme', dark ? 'light' : 'dark')
})

let pending = ''
addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select')) return
  const after = pending
  pending = ''
  if (after === 'g') {
    const to = { p: 'paths', f: 'fix', s: 'search', c: 'coverage', a: 'ask' }[event.key]
    if (to) location.hash = '#/' + to
  } else if (event.key === 'g') {
    pending = 'g'
  } else if (event.key === '/') {
    event.preventDefault()
    const box = main.querySelector('input[type=search]')
    if (box) box.focus()
    else location.hash = '#/search'
  } else if (event.key === 'j' || event.key === 'k') {
    const items = [...main.querySelectorAll('.paths li:not([hidden]) a')]
    const next = items[items.findIndex((a) => a.hasAttribute('aria-current')) + (event.key === 'j' ? 1 : -1)]
    if (next) next.click()
  }
})
addEventListener('hashchange', show)
showRun()
show()
