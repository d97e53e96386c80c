// The outer limit: Fastify that sends the same bytes as ready strings. The process that starts it sends them, by address.
import Fastify from 'fastify'

let answers = new Map()
process.on('message', message => {
  if (message.answers) {
    answers = new Map(message.answers)
    process.send({ received: answers.size })
  }
})

const app = Fastify()
app.get('/health/ready', (_request, reply) => reply.type('application/json; charset=utf-8').send('{"status":"ok"}'))
app.get('/*', (request, reply) => reply.type('application/json; charset=utf-8').send(answers.get(request.raw.url)))
app.post('/*', (request, reply) => reply.code(201).type('application/json; charset=utf-8').send(answers.get(request.raw.url)))
process.stdout.write(`${JSON.stringify({ listening: await app.listen({ host: '127.0.0.1', port: 0 }) })}\n`)
