import { JwtModule } from '@nestjs/jwt';

@Module({
  imports: [JwtModule.register({ secret: key(), signOptions: { expiresIn: '12h' } })], // finding: medium
})
export class AuthModule {}
