import t from 'tap'
import { isUuid, newId, uuidPattern } from '../../src/lib/id.ts'

t.test('ids are UUIDv7, all different, and sort by the time they were made', async t => {
  const ids = Array.from({ length: 2_000 }, newId)
  for (const id of ids.slice(0, 50)) t.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.equal(new Set(ids).size, ids.length)
  t.same([...ids].sort(), ids)
})

t.test('the form of a UUID makes an id, whatever its version and case', async t => {
  for (const id of [
    '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
    '0192D4F0-7A1B-7C3D-9E5F-2B4C6D8E0F12',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ])
    t.equal(isUuid(id), true, id)
  for (const id of [
    '',
    '0192d4f07a1b7c3d9e5f2b4c6d8e0f12',
    '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f1',
    '0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12\n',
    ' 0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
    'g192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
    'n-0192d4f0-7a1b-7c3d-9e5f-2b4c6d8e0f12',
  ])
    t.equal(isUuid(id), false, id)
  t.match(newId(), new RegExp(uuidPattern))
})
