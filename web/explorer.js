'use strict'

const examples = {
  'Worst paths with proof': `{
  paths(first: 5) {
    totalCount exhaustive truncatedAt
    nodes {
      severity score verdict impact
      steps { from to kind techniques assumes verdict witness evidence { summary document statement } }
      breaks { change effort closes }
    }
  }
}`,
  'Choke points': `{
  chokePoints(first: 10) {
    targets cutEffort
    points { node { id kind } edge { from kind to change } targets }
    cut { change effort }
  }
}`,
  'Models and what surrounds them': `{
  nodes(label: AIResource, first: 10) {
    nodes { id kind name gaps neighbours(first: 10) { edges { direction kind node { id kind } } } }
  }
}`,
  'What could not be read': `{
  coverage(first: 50) { totalCount nodes { kind account region service operation resource message } }
}`,
  'Shipped questions': `{
  questions { id question params { name type doc } columns }
}`,
}

const $ = (id) => document.getElementById(id)

async function ask(query, variables) {
  const headers = { 'Content-Type': 'application/json' }
  if ($('token').value) headers.Authorization = 'Bearer ' + $('token').value
  const response = await fetch('graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  return response.json()
}

function element(tag, text, className) {
  const e = document.createElement(tag)
  e.textContent = text
  if (className) e.className = className
  return e
}

function pathItem(path) {
  const item = document.createElement('li')
  const details = document.createElement('details')
  const summary = document.createElement('summary')
  summary.append(element('span', path.severity, 'severity'), ` ${path.impact} of ${path.target} in ${path.hops} steps (${path.verdict})`)
  const steps = document.createElement('ol')
  for (const s of path.steps) {
    const step = element('li', `${s.from} ${s.kind} ${s.to} [${s.techniques.join(', ')}]`)
    for (const e of s.evidence) step.append(element('span', `${e.summary} (${e.document} ${e.statement})`, 'proof'))
    steps.append(step)
  }
  details.append(summary, steps)
  if (path.breaks.length) details.append(element('p', 'To close it: ' + path.breaks[0].change))
  item.append(details)
  return item
}

async function showPaths() {
  const answer = await ask(`{
    run { id hash nodes edges documents gaps }
    paths(first: 100) { totalCount exhaustive truncatedAt nodes { severity impact target hops verdict
      steps { from to kind techniques evidence { summary document statement } } breaks { change } } }
  }`, {})
  if (answer.errors) {
    $('run').textContent = answer.errors[0].message
    return
  }
  const { run, paths } = answer.data
  $('run').textContent = run ? `${run.nodes} nodes, ${run.edges} edges, ${run.documents} documents read, ${run.gaps} coverage gaps` : 'no graph yet'
  $('paths').replaceChildren(...paths.nodes.map(pathItem))
  $('paths-note').textContent = `${paths.totalCount} paths` + (paths.exhaustive ? '' : `, cut at ${paths.truncatedAt}`)
}

for (const name of Object.keys(examples)) $('examples').append(new Option(name, name))
$('query').value = Object.values(examples)[0]
$('examples').addEventListener('change', () => { $('query').value = examples[$('examples').value] })
$('ask').addEventListener('submit', async (event) => {
  event.preventDefault()
  try {
    const answer = await ask($('query').value, JSON.parse($('variables').value || '{}'))
    $('answer').textContent = JSON.stringify(answer, null, 2)
  } catch (error) {
    $('answer').textContent = String(error)
  }
})
showPaths().catch((error) => { $('run').textContent = String(error) })
