import { signIn } from './login.js'

export async function begin(provider) {
  const ticket = crypto.randomUUID()
  localStorage.setItem('shop_jwt_provider', provider)
  localStorage.setItem('shop_jwt_id', ticket)
  localStorage.setItem('accessTokenType', 'Bearer')
  await signIn(provider, ticket)
}
