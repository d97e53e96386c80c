// /docs in a real browser, where there is one.
import { accessSync, constants } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import t from 'tap'
import { build } from './helpers/build.ts'

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = (process.env.CHROMIUM_PATH ? [process.env.CHROMIUM_PATH] : usual).find(path => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
})
const skip = executablePath === undefined && `there is no Chromium: install it (${usual[0]}) or set CHROMIUM_PATH`
const patienceMs = 60_000

/** Opens an address; everything that the page complains of, and every address that it asks for. */
async function open(browser: Browser, address: string) {
  const page = await browser.newPage()
  const complaints: string[] = []
  const asked: string[] = []
  page.on('console', message => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())))
  page.on('pageerror', error => void complaints.push(error.message))
  page.on('requestfailed', request => void complaints.push(`${request.url()}: ${request.failure()?.errorText}`))
  page.on('request', request => void asked.push(request.url()))
  page.setDefaultTimeout(patienceMs)
  await page.goto(address)
  return { page, complaints, asked }
}

t.test('/docs in a browser', { skip, timeout: 3 * patienceMs }, async t => {
  const { app } = await build(t)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  t.teardown(() => browser.close())

  await t.test('shows the operations, complains of nothing, and asks no other server', async t => {
    const { page, complaints, asked } = await open(browser, `${url}/docs#tag/search/GET/v1/search`)
    await page.getByRole('heading', { name: 'Search articles, people and places' }).waitFor()
    t.ok(await page.getByText('"a phrase"').first().isVisible(), 'its parameters are described')
    t.match(await page.title(), 'Dateline')
    t.same(complaints, [])
    t.same(
      asked.filter(address => !address.startsWith(`${url}/`) && !address.startsWith('data:')),
      [],
    )
    t.ok(asked.some(address => address.startsWith(`${url}/docs/scalar.js`)))
  })

  await t.test('goes to the problem that an error points to', async t => {
    const { type } = (await app.inject('/v1/nothing')).json()
    const { page, complaints, asked } = await open(browser, `${url}${type}`)
    t.ok(await page.locator(':target').getByText('not_found').isVisible())
    t.equal(await page.evaluate('getComputedStyle(document.body).maxWidth'), '736px', 'its style is let in')
    t.same(complaints, [])
    t.equal(asked.filter(address => !address.startsWith('data:')).length, 1)
  })
})
