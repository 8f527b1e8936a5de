import { UnsecuredJWT } from 'jose';

export function read(token: string) {
  return UnsecuredJWT.decode(token).payload; // finding: high
}
