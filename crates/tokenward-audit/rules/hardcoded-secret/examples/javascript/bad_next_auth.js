import NextAuth from 'next-auth';
import GitHub from 'next-auth/providers/github';

export default NextAuth({
  providers: [GitHub({ clientId: process.env.GITHUB_ID, clientSecret: process.env.GITHUB_SECRET })],
  secret: 'orchard-winter-42-blue', // finding
});
