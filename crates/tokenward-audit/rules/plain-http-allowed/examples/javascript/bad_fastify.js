import helmet from '@fastify/helmet';

await server.register(helmet, { global: true, hsts: false }); // finding: low
