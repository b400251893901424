// npm's `bitbucket`, unmodified: client_case.mjs URL USER PASSWORD.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
const { Bitbucket } = createRequire(import.meta.url)('bitbucket')

const [url, username, password] = process.argv.slice(2)
const b = new Bitbucket({ baseUrl: url + '/2.0', auth: { username, password }, notice: false })
const workspace = 'admin'
const repo_slug = 'tools'
const at = { workspace, repo_slug }
const data = async (promise) => (await promise).data
const names = (page) => page.values.map((v) => v.name ?? v.slug)

async function accounts() {
  const me = await data(b.users.getAuthedUser({}))
  assert.equal(me.username, 'admin')
  assert.equal((await data(b.users.get({ selected_user: me.uuid }))).uuid, me.uuid)
  assert.equal((await data(b.user.listEmails({}))).values.length, 0)
  assert.equal((await data(b.workspaces.getWorkspace({ workspace }))).slug, workspace)
  assert.deepEqual((await data(b.workspaces.getWorkspaces({}))).values.map((w) => w.slug), [workspace])
  assert.equal((await data(b.workspaces.getMembersForWorkspace({ workspace }))).values.length, 1)
  const member = await data(b.workspaces.getMemberForWorkspace({ workspace, member: me.uuid }))
  assert.equal(member.user.uuid, me.uuid)
  assert.equal((await data(b.user.listPermissionsForWorkspaces({}))).values[0].permission, 'owner')
}

async function projects() {
  const made = await data(b.projects.createProject({ workspace, _body: { key: 'TOOL', name: 'Tools' } }))
  assert.equal(made.key, 'TOOL')
  assert.deepEqual(names(await data(b.workspaces.getProjects({ workspace }))), ['Tools'])
  assert.equal((await data(b.projects.getProject({ workspace, project_key: 'TOOL' }))).uuid, made.uuid)
  const changed = await data(
    b.projects.createOrUpdateProject({ workspace, project_key: 'TOOL', _body: { key: 'TOOL', name: 'All tools' } }),
  )
  assert.equal(changed.name, 'All tools')
}

async function repositories() {
  const made = await data(b.repositories.create({ ...at, _body: { scm: 'git', project: { key: 'TOOL' } } }))
  assert.deepEqual([made.full_name, made.mainbranch.name, made.is_private], ['admin/tools', 'main', false])
  await assert.rejects(b.repositories.create({ ...at, _body: {} }), { status: 409 })
  assert.equal((await data(b.repositories.get(at))).uuid, made.uuid)
  assert.equal((await data(b.repositories.get({ workspace: '{}', repo_slug: made.uuid }))).uuid, made.uuid)
  assert.equal((await data(b.repositories.update({ ...at, _body: { description: 'of the trade' } }))).description, 'of the trade')
  const found = await data(b.repositories.list({ workspace, q: 'description ~ "TRADE"', sort: '-updated_on' }))
  assert.deepEqual(names(found), ['tools'])
  assert.equal((await data(b.repositories.listGlobal({}))).values.length, 1)
  for (let i = 0; i < 12; i++) await b.repositories.create({ workspace, repo_slug: `more-${i}`, _body: { is_private: true } })
  const first = await data(b.repositories.list({ workspace, pagelen: 5 }))
  const all = [...first.values]
  for (let page = first; b.hasNextPage(page); ) all.push(...(page = await data(b.getNextPage(page))).values)
  assert.deepEqual([all.length, new Set(all.map((r) => r.uuid)).size], [13, 13])
}

async function sources() {
  const form = { message: 'first', branch: 'main', 'src/a.txt': 'one\ntwo\n', 'README.md': '# Tools\n' }
  await b.source.createFileCommit({ ...at, _body: form })
  await b.source.createFileCommit({ ...at, _body: { message: 'second', branch: 'main', 'src/a.txt': 'one\n2\n' } })
  assert.equal(await data(b.source.read({ ...at, commit: 'main', path: 'src/a.txt' })), 'one\n2\n')
  const root = await data(b.source.readRoot(at))
  assert.deepEqual(root.values.map((v) => [v.type, v.path]), [['commit_file', 'README.md'], ['commit_directory', 'src']])
  const log = await data(b.commits.list(at))
  assert.deepEqual(log.values.map((c) => c.message.trim()), ['second', 'first'])
  const [second, one] = log.values.map((c) => c.hash)
  assert.equal((await data(b.commits.get({ ...at, commit: second }))).parents[0].hash, one)
  assert.equal((await data(b.commits.listAt({ ...at, revision: 'main' }))).values.length, 2)
  assert.match(await data(b.commits.getDiff({ ...at, spec: `${second}..${one}` })), /^\+2$/m)
  const stats = await data(b.repositories.listDiffStats({ ...at, spec: second }))
  assert.deepEqual(stats.values.map((s) => [s.status, s.lines_added, s.lines_removed]), [['modified', 1, 1]])
  assert.match(await data(b.commits.getPatch({ ...at, spec: second })), /^Subject: \[PATCH\] second$/m)
  assert.equal((await data(b.repositories.getMergeBase({ ...at, revspec: `${second}..${one}` }))).hash, one)
  assert.equal((await data(b.source.listHistory({ ...at, commit: 'main', path: 'src/a.txt' }))).values.length, 2)
  return one
}

async function refs(hash) {
  assert.deepEqual(names(await data(b.refs.listBranches(at))), ['main'])
  await b.refs.createBranch({ ...at, _body: { name: 'feature/x', target: { hash } } })
  assert.equal((await data(b.refs.getBranch({ ...at, name: 'feature/x' }))).target.hash, hash)
  await b.refs.createTag({ ...at, _body: { name: 'v1', message: 'one', target: { hash } } })
  assert.equal((await data(b.refs.getTag({ ...at, name: 'v1' }))).target.hash, hash)
  assert.deepEqual(names(await data(b.refs.list(at))).sort(), ['feature/x', 'main', 'v1'])
  assert.deepEqual(names(await data(b.refs.listTags(at))), ['v1'])
  await b.refs.deleteTag({ ...at, name: 'v1' })
  await b.refs.deleteBranch({ ...at, name: 'feature/x' })
  await assert.rejects(b.refs.getBranch({ ...at, name: 'feature/x' }), { status: 404 })
}

async function rules() {
  const rule = await data(b.branchrestrictions.create({ ...at, _body: { kind: 'push', branch_match_kind: 'glob', pattern: 'release/*', users: [], groups: [] } }))
  assert.equal((await data(b.branchrestrictions.list(at))).values.length, 1)
  assert.equal((await data(b.branchrestrictions.get({ ...at, id: String(rule.id) }))).pattern, 'release/*')
  await b.branchrestrictions.delete({ ...at, id: String(rule.id) })
  assert.equal((await data(b.repositories.getBranchingModel(at))).development.name, 'main')
  assert.ok(await data(b.repositories.getBranchingModelSettings(at)))
  const hook = await data(b.webhooks.create({ ...at, _body: { description: 'ci', url: 'https://ci.example.org/x', active: true, events: ['repo:push'], secret: 's3cret' } }))
  assert.equal(JSON.stringify(hook).includes('s3cret'), false)
  assert.equal((await data(b.webhooks.listForRepo(at))).values.length, 1)
  await b.webhooks.delete({ ...at, uid: hook.uuid })
  assert.equal((await data(b.repositories.listDefaultReviewers(at))).values.length, 0)
  await b.repositories.addDefaultReviewer({ ...at, target_username: 'admin' })
  assert.equal((await data(b.repositories.listDefaultReviewers(at))).values.length, 1)
  assert.equal((await data(b.repositories.listDownloads(at))).values.length, 0)
  assert.equal((await data(b.repositories.listWatchers(at))).values.length, 0)
  assert.equal((await data(b.repositories.listUserPermissions(at))).values.length, 0)
}

async function keys() {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@here'
  const made = await data(b.ssh.createKey({ selected_user: 'admin', _body: { key, label: 'laptop' } }))
  assert.equal((await data(b.ssh.listKeys({ selected_user: 'admin' }))).values.length, 1)
  await b.ssh.deleteKey({ selected_user: 'admin', key_id: made.uuid })
  const deploy = await data(b.deploy.createKey({ ...at, key, label: 'ci' }))
  assert.equal((await data(b.deploy.listKeys(at))).values[0].id, deploy.id)
  await b.deploy.deleteKey({ ...at, key_id: String(deploy.id) })
}

async function forks() {
  const fork = await data(b.repositories.createFork({ ...at, _body: { name: 'tools-fork', workspace: { slug: workspace } } }))
  assert.equal(fork.parent.full_name, 'admin/tools')
  assert.equal((await data(b.repositories.listForks(at))).values.length, 1)
  assert.equal(await data(b.source.read({ workspace, repo_slug: 'tools-fork', commit: 'main', path: 'README.md' })), '# Tools\n')
  await b.repositories.delete({ workspace, repo_slug: 'tools-fork' })
  await assert.rejects(b.repositories.get({ workspace, repo_slug: 'tools-fork' }), { status: 404 })
}

await accounts()
await projects()
await repositories()
await refs(await sources())
await rules()
await keys()
await forks()
