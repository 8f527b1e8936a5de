import { JwtService } from '@nestjs/jwt';

export class Auth {
  constructor(private jwt: JwtService) {}

  issue(id: string) {
    return this.jwt.sign({ sub: id });
  }
}
