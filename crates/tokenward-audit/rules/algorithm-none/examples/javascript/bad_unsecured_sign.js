import * as jose from 'jose';

export const issue = (claims) => {
  const token = new jose.UnsecuredJWT(claims); // finding: high
  return token.setExpirationTime('5m').encode();
};
