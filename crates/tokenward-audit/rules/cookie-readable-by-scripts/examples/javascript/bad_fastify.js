fastify.post('/login', async (request, reply) => {
  reply.setCookie('jwt', await issue(request), { path: '/', secure: true }); // finding: high
});
