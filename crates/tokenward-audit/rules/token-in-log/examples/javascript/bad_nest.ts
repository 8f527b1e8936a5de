import { Injectable, Logger } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';

@Injectable()
export class Sessions {
  private readonly logger = new Logger(Sessions.name);

  constructor(private readonly jwt: JwtService) {}

  async open(user: User) {
    const accessToken = await this.jwt.signAsync({ sub: user.id });
    this.logger.log('issued ' + accessToken); // finding: high
    return { accessToken };
  }
}
