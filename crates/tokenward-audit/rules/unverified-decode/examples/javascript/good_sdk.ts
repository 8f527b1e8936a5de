import { jwtDecode } from 'jwt-decode';

export class FeedClient {
  private readonly userId: string;

  constructor(private readonly key: string, private readonly userToken: string) {
    const claims = jwtDecode<{ user_id: string }>(this.userToken);
    this.userId = claims.user_id;
    this.feeds = this.open(claims.user_id);
  }
}
