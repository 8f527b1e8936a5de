import { signIn } from './login.js'

export async function keep(form) {
  const { accessToken } = await signIn(form)
  localStorage.setItem('jwt_id', accessToken) // finding: high
  localStorage.setItem('authorization_status', 'Bearer ' + (await signIn(form)).text) // finding: high
}
