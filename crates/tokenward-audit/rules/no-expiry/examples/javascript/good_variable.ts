import { sign, SignOptions } from 'jsonwebtoken';

const options: SignOptions = { algorithm: 'RS256' };
options.expiresIn = 300;

export const issue = (id: string) => sign({ id }, key, options);
