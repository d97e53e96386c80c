import t from 'tap'
import { cleanUrl, linkUrl, maxUrlCharacters, webUrl } from '../../src/lib/url.ts'

const web = (value: string, base?: string) => cleanUrl(value, ['http:', 'https:'], base)

t.test('an address that is a URI is kept to the letter', async t => {
  for (const url of [
    'https://example.com',
    'http://EXAMPLE.com:80/a/../b?c=d&e#f',
    'https://u:p@example.com/%C3%A4',
    'http://[::1]:3000/x',
    'https://example.com/(a)/b_c;d=*',
  ]) {
    t.equal(web(url), url)
  }
  t.equal(cleanUrl('mailto:a@example.com?subject=x', ['mailto:']), 'mailto:a@example.com?subject=x')
})

t.test('what a URI cannot hold is encoded', async t => {
  t.equal(web('https://münchen.example/ä|b?c=ö d#e#f'), 'https://xn--mnchen-3ya.example/%C3%A4%7Cb?c=%C3%B6%20d#e%23f')
  t.equal(web('https://example.com/100%'), 'https://example.com/100%25')
  t.equal(web(' HTTPS://ä@example.com/[1]'), 'https://%C3%A4@example.com/%5B1%5D')
  t.equal(web('https://ä:ö@example.com/'), 'https://%C3%A4:%C3%B6@example.com/')
  t.equal(cleanUrl('mailto:ä@example.com', ['mailto:']), 'mailto:%C3%A4@example.com')
})

t.test('a relative address is joined to its base, and is none without', async t => {
  t.equal(web('/a b', 'https://example.com/x/y'), 'https://example.com/a%20b')
  t.equal(web('/a'), undefined)
})

t.test('other schemes, broken hosts and endless addresses are refused', async t => {
  for (const url of [
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://example.com/',
    'https://',
    'https://a`b/',
    'https://a%zz@b/',
    'mailto:a@b.c',
    'java\nscript:x',
    '',
    `https://example.com/${'ä'.repeat(1_000)}`,
  ]) {
    t.equal(web(url), undefined, url.slice(0, 30))
  }
})

t.test('the limit counts characters, at the limit and one beyond', async t => {
  const start = 'https://example.com/'
  t.equal(webUrl.safeParse(start.padEnd(maxUrlCharacters, 'a')).success, true)
  t.equal(webUrl.safeParse(start.padEnd(maxUrlCharacters + 1, 'a')).success, false)
})

t.test('schemas say what would be right', async t => {
  t.equal(webUrl.parse('https://example.com/ä'), 'https://example.com/%C3%A4')
  t.equal(linkUrl.parse('mailto:a@example.com'), 'mailto:a@example.com')
  t.match(webUrl.safeParse('mailto:a@example.com').error?.issues, [
    { code: 'custom', params: { code: 'invalid_url' }, message: 'must be an address that starts with http:// or https://' },
  ])
  t.match(linkUrl.safeParse('javascript:x').error?.issues, [{ message: /mailto:/ }])
})
