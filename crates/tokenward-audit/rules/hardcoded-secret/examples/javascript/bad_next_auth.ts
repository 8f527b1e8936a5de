import NextAuth from 'next-auth';

export default NextAuth({ providers, secret: 'orchard-winter-42', session: { strategy: 'jwt' } }); // finding: high
