import jwt from 'jsonwebtoken';

export class Tokens {
  decode(token: string) {
    return jwt.decode(token);
  }

  verify(token: string) {
    return jwt.verify(token, this.key, { algorithms: ['RS256'] });
  }
}
