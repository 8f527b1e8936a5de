import jwt from 'jwt-simple';

export const read = (token) => jwt.decode(token, process.env.SECRET, false); // finding: uncertain
