// @clickhouse/client of npm: javascript_case.mjs URL.
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { createClient } from '@clickhouse/client'

const url = process.argv[2]
const log = { level: 127 } // it writes the failures that we ask for to standard error
const client = createClient({ url, log })
const packing = createClient({ url, log, compression: { request: true, response: true } })
const session = createClient({ url, log, session_id: 'javascript' })
const rows = async (query, more = {}, by = client) =>
  (await by.query({ query, format: 'JSONEachRow', ...more })).json()

async function reading() {
  assert.equal((await client.ping()).success, true)
  assert.equal((await client.ping({ select: true })).success, true)
  const answer = await (await client.query({ query: 'SELECT 1 AS a, toString(2) AS b', format: 'JSON' })).json()
  assert.deepEqual([answer.data, answer.rows], [[{ a: 1, b: '2' }], 1])
  let count = 0
  const stream = (await client.query({ query: 'SELECT number FROM numbers(300000)', format: 'JSONEachRow' })).stream()
  for await (const part of stream) count += part.length
  assert.equal(count, 300000)
  const found = await rows('SELECT {a:Int32} AS a, {s:String} AS s, {l:Array(String)} AS l, {n:Nullable(String)} AS n', {
    query_params: { a: 5, s: "it's\ta tab\n", l: ['x', "y'z"], n: null },
  })
  assert.deepEqual(found, [{ a: 5, s: "it's\ta tab\n", l: ['x', "y'z"], n: null }])
  assert.deepEqual(
    await rows("SELECT getSetting('max_block_size') AS m", { clickhouse_settings: { max_block_size: '1000' } }),
    [{ m: 1000 }],
  )
  const raw = await client.exec({ query: 'SELECT 42 FORMAT CSV', query_id: 'js-1' })
  let text = ''
  for await (const part of raw.stream) text += part
  assert.deepEqual([text, raw.query_id], ['42\n', 'js-1'])
}

async function writing() {
  await client.command({ query: 'CREATE TABLE t (id UInt64, s String, d DateTime) ENGINE = MergeTree ORDER BY id' })
  const values = Array.from({ length: 1000 }, (_, i) => ({ id: i, s: 'x' + i, d: i }))
  const done = await client.insert({ table: 't', values, format: 'JSONEachRow' })
  assert.equal(done.summary.written_rows, '1000')
  await client.insert({ table: 't', values: Readable.from(values, { objectMode: true }), format: 'JSONEachRow' })
  await packing.insert({ table: 't', values, format: 'JSONEachRow' })
  await client.insert({ table: 't', values: [[7, 'z']], columns: ['id', 's'], format: 'JSONCompactEachRow' })
  assert.deepEqual(await rows('SELECT count() AS c, sum(id) AS s FROM t', {}, packing), [{ c: 3001, s: 1498507 }])
}

async function sessions() {
  await session.command({ query: 'CREATE TEMPORARY TABLE mine (a Int32)' })
  await session.insert({ table: 'mine', values: [{ a: 5 }, { a: 6 }], format: 'JSONEachRow' })
  assert.deepEqual(await rows('SELECT sum(a) AS s FROM mine', {}, session), [{ s: 11 }])
  await session.command({ query: 'SET max_block_size = 77' })
  assert.deepEqual(await rows("SELECT getSetting('max_block_size') AS m", {}, session), [{ m: 77 }])
  await assert.rejects(rows('SELECT * FROM mine'), { code: '60' })
}

async function failing() {
  await assert.rejects(rows('SELECT * FROM nosuch'), { code: '60', type: 'UNKNOWN_TABLE' })
  await assert.rejects(rows('SELEC 1'), { code: '62', type: 'SYNTAX_ERROR' })
  await assert.rejects(client.insert({ table: 't', values: [{ id: 'x' }], format: 'JSONEachRow' }), { code: '27' })
  const late = 'SELECT throwIf(number = 3000000) AS x FROM numbers(10000000) SETTINGS max_block_size = 65000, max_threads = 1'
  for (const by of [client, packing]) {
    const reading = async () => {
      const answer = await by.query({ query: late, format: 'JSONEachRow' })
      for await (const part of answer.stream()) assert.ok(part.length > 0)
    }
    // Packed, the client sees the connection break before it has looked at the end.
    await assert.rejects(reading(), by === client ? { code: '395' } : Error)
  }
}

async function aborting() {
  const controller = new AbortController()
  const endless = client.query({
    query: 'SELECT sum(sleepEachRow(0.01)) FROM numbers(100000)',
    clickhouse_settings: { max_block_size: '10' },
    abort_signal: controller.signal,
    query_id: 'js-endless',
  })
  const running = async () =>
    (await rows("SELECT count() AS c FROM system.processes WHERE query LIKE '%sleepEachRow(0.01)%' AND query NOT LIKE '%processes%'"))[0].c
  while ((await running()) === 0);
  controller.abort()
  await assert.rejects(endless)
  while ((await running()) !== 0);
}

await reading()
await writing()
await sessions()
await failing()
await aborting()
await Promise.all([client.close(), packing.close(), session.close()])
