import { JwtService } from '@nestjs/jwt';

export class Reader {
  constructor(private readonly jwt: JwtService) {}

  read(token: string) {
    return this.jwt.verifyAsync(token, { secret: key, ignoreExpiration: true }); // finding: high
  }
}
