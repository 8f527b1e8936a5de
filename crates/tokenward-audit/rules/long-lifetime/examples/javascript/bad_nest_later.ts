import { JwtModule } from '@nestjs/jwt';

@Module({
  imports: [
    JwtModule.registerAsync({
      useFactory: (config: Config) => ({
        secret: config.secret,
        signOptions: { expiresIn: '7d' }, // finding: high
      }),
      inject: [Config],
    }),
  ],
})
export class AuthModule {}
