import jwt_decode from 'jwt-decode';
import { useAuth } from './auth';

export function Greeting() {
  const { token } = useAuth();
  const user = jwt_decode(token);
  return <p>Hello {user.name}</p>;
}
