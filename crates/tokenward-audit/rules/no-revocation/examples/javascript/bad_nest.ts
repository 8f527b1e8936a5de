import { JwtService } from '@nestjs/jwt';

export class Auth {
  constructor(private readonly jwt: JwtService) {}

  issue = (id: string) => this.jwt.signAsync({ sub: id }); // finding: uncertain
}
