'use strict';

const PERIOD_MS = 2000;
const OTHER = '_other';
const byId = id => document.getElementById(id);
let key = '';
let before = null;
let timer = 0;

/** Samples of a Prometheus text: name -> [{labels, value}]. */
function samples(text) {
  const found = new Map();
  for (const line of text.split('\n')) {
    const parts = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!parts) {
      continue;
    }
    const labels = {};
    for (const [, name, value] of (parts[2] || '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      labels[name] = value.replace(/\\(.)/g, (all, c) => (c === 'n' ? '\n' : c));
    }
    if (!found.has(parts[1])) {
      found.set(parts[1], []);
    }
    found.get(parts[1]).push({ labels, value: Number(parts[3]) });
  }
  return found;
}

function sum(metrics, name, wanted = {}) {
  const of = (metrics.get(name) || []).filter(sample =>
    Object.entries(wanted).every(([label, value]) => sample.labels[label] === value));
  return of.reduce((all, sample) => all + sample.value, 0);
}

function row(...cells) {
  const tr = document.createElement('tr');
  for (const cell of cells) {
    const td = document.createElement('td');
    if (typeof cell === 'number') {
      td.className = 'number';
      td.textContent = cell.toLocaleString('en', { maximumFractionDigits: 1 });
    } else if (cell && cell.text !== undefined) {
      td.className = cell.className;
      td.textContent = cell.text;
    } else {
      td.textContent = cell;
    }
    tr.append(td);
  }
  return tr;
}

function fact(name, value) {
  const tr = row(name, value);
  tr.firstChild.replaceWith(Object.assign(document.createElement('th'), { textContent: name, scope: 'row' }));
  return tr;
}

function stateOf(member) {
  if (member.draining) {
    return { text: 'draining', className: 'bad' };
  }
  return member.ready ? { text: 'ready', className: 'good' } : { text: 'not ready', className: 'bad' };
}

function showReady(ready) {
  byId('state').textContent = ready.ready ? 'ready' : 'not ready';
  byId('state').className = ready.ready ? 'state good' : 'state bad';
  byId('reasons').hidden = ready.reasons.length === 0;
  byId('reasons').textContent = ready.reasons.join('\n');
}

function showInfo(info) {
  document.title = info.name + ' – Busbar';
  byId('name').textContent = info.name;
  byId('version').textContent = 'Busbar ' + info.version;
  byId('members').replaceChildren(...info.members.map(member =>
    row(member.name, stateOf(member), member.gateway ? 'gateway' : 'member application', member.lanes, member.version)));
  const cluster = info.cluster;
  byId('cluster').textContent = `${cluster.present} of ${cluster.size} nodes present, majority ${cluster.majority}`
    + (cluster.has_majority ? '' : ': nothing is granted until more are back');
  byId('addresses').replaceChildren(...Object.entries(info.addresses).map(([name, where]) => fact(name, where)));
}

function rate(now, then, name, wanted) {
  const seconds = then ? (now.at - then.at) / 1000 : 0;
  return seconds > 0 ? Math.max(0, sum(now.metrics, name, wanted) - sum(then.metrics, name, wanted)) / seconds : 0;
}

function poolRow(pool, now, then) {
  const count = sum(now.metrics, 'busbar_call_duration_seconds_count', { pool });
  const time = sum(now.metrics, 'busbar_call_duration_seconds_sum', { pool });
  const ended = (now.metrics.get('busbar_calls_total') || []).filter(sample => sample.labels.pool === pool);
  const otherwise = ended.filter(sample => sample.labels.outcome !== 'ok' && sample.value > 0)
    .map(sample => `${sample.labels.outcome} ${sample.value}`);
  return row(
    pool === OTHER ? 'all others' : pool,
    sum(now.metrics, 'busbar_calls_active', { pool }),
    sum(now.metrics, 'busbar_queue_length', { pool }),
    rate(now, then, 'busbar_calls_total', { pool }),
    count > 0 ? (time / count) * 1000 : 0,
    sum(now.metrics, 'busbar_calls_total', { pool, outcome: 'ok' }),
    otherwise.join(', ') || '–');
}

function showMetrics(now, then) {
  const pools = new Set((now.metrics.get('busbar_calls_active') || []).map(sample => sample.labels.pool));
  const shown = [...pools].sort()
    .filter(pool => pool !== OTHER || sum(now.metrics, 'busbar_calls_total', { pool }) > 0);
  byId('pools').replaceChildren(...shown.map(pool => poolRow(pool, now, then)));
  const mib = bytes => bytes / 1048576;
  const of = (name, wanted) => sum(now.metrics, name, wanted);
  byId('node').replaceChildren(
    fact('processor time, % of one', rate(now, then, 'process_cpu_time_ns_total') / 1e7),
    fact('heap, MiB', mib(of('jvm_memory_used_bytes', { area: 'heap' }))),
    fact('HTTP connections', of('busbar_http_connections')),
    fact('WebSockets', of('busbar_http_websockets')),
    fact('connections of Fn load balancers', of('busbar_runner_connections')),
    fact('open streams of the bus', of('busbar_streams_open')),
    fact('stream memory, MiB', mib(of('busbar_bus_memory_used_bytes'))),
    fact('frames/s appended to channels', rate(now, then, 'busbar_channels_appended_total')),
    fact('subscribers of channels', of('busbar_channels_subscribers')),
    fact('Juniper workers', of('busbar_juniper_registered')),
    fact('keys owned', of('busbar_owners_held_keys')));
}

async function ask(path) {
  const answer = await fetch(path, { headers: key ? { authorization: 'Bearer ' + key } : {}, cache: 'no-store' });
  if (answer.status === 401 || answer.status === 403) {
    throw new DOMException('a key is needed', 'NotAllowedError');
  }
  return answer;
}

async function refresh() {
  try {
    showReady(await (await fetch('ready', { cache: 'no-store' })).json());
    const info = await (await ask('info')).json();
    const now = { at: performance.now(), metrics: samples(await (await ask('metrics')).text()) };
    showInfo(info);
    showMetrics(now, before);
    before = now;
    byId('login').hidden = true;
    byId('facts').hidden = false;
  } catch (failure) {
    if (failure.name === 'NotAllowedError') {
      byId('refused').textContent = key ? 'The node refused this key.' : '';
      byId('login').hidden = false;
      byId('facts').hidden = true;
      return;
    }
    byId('state').textContent = 'not reachable';
    byId('state').className = 'state bad';
  }
  again();
}

function again() {
  clearTimeout(timer);
  if (!document.hidden) {
    timer = setTimeout(refresh, PERIOD_MS);
  }
}

byId('login').addEventListener('submit', event => {
  event.preventDefault();
  key = byId('key').value;
  refresh();
});
document.addEventListener('visibilitychange', again);
refresh();
