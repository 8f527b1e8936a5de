import { verify } from 'jsonwebtoken';

export class Auth {
  refreshTokens(token: string) {
    return verify(token, key, { ignoreExpiration: true });
  }
}
