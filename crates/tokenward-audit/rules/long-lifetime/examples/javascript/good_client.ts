import { SignJWT } from 'jose'

export class VendorClient {
  async token() {
    const key = new TextEncoder().encode(this.clientSecret)
    return new SignJWT({ iss: this.clientId }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('2h').sign(key)
  }
}
