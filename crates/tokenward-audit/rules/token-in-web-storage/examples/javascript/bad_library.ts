import AsyncStorage from '@react-native-async-storage/async-storage';
import Cookies from 'js-cookie';

export async function keep(session: Session) {
  await AsyncStorage.setItem('userToken', session.token); // finding: high
  Cookies.set('token', session.token); // finding: medium
}
