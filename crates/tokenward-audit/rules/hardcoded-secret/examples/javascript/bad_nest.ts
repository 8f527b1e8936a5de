import { JwtModule } from '@nestjs/jwt';

@Module({
  imports: [JwtModule.register({ secret: 'topsecret', signOptions: { expiresIn: '5m' } })], // finding: high
})
export class AuthModule {}
