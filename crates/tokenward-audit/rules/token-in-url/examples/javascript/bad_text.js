import { verify as check } from 'jsonwebtoken';

export const guard = (request) => check(String(request.query.jwt), key); // finding: medium
