import { UnsecuredJWT } from 'jose';

export async function push(store, parameters) {
  const request = new UnsecuredJWT(parameters).setIssuedAt().encode(); // finding: uncertain
  return store.save({ request });
}
