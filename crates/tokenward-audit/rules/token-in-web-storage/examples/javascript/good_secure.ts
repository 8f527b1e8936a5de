import * as SecureStore from 'expo-secure-store';

export const keep = (token: string) => SecureStore.setItemAsync('token', token); // not localStorage
