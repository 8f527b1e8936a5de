import { decodeJwt } from 'jose';

export async function currentUser(request) {
  const token = await unseal(request.cookies.get('login'), password);
  return users.find(decodeJwt(token).sub);
}
