import { UnsecuredJWT } from 'jose';

export async function push(store, parameters) {
  const request = new UnsecuredJWT(parameters).setIssuedAt().encode(); // finding: high
  return store.save({ request });
}
